/** The name of the host. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { byScript } from '../../module/alteration.ts';
import { change, predict, same, type Plan } from '../../module/plan.ts';
import { value } from '../../module/reader.ts';
import { hostname as readHostname } from '../../readers/system/hostname.ts';
import { sysctl } from '../../readers/system/sysctl.ts';
import { sh } from '../../shell/script.ts';
import { combineChanges, type ChangePart } from '../shared/combine-changes.ts';
import { editReads, planEdit, type EditFile } from '../shared/edit-file.ts';
import type { FileLines, Line } from '../shared/file-lines.ts';

const args = z.strictObject({
  name: z
    .string()
    .max(64)
    .regex(
      /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
      'is not a host name: letters, digits and hyphens between dots',
    )
    .describe('the name; with a domain it is the full name'),
});
type Want = z.output<typeof args>;

export interface HostnameResult {
  readonly hostname: string;
}

export const hostname = defineModule({
  name: 'hostname',
  summary: 'Sets the name of the host, now and at boot.',
  args,
  example: `hostname('name', { name: 'web-1' });`,
  returns: { hostname: 'the name' },
  reads: () => ({ ...editReads(file), live: readHostname() }),
  plan(want: Want, is, on): Plan<HostnameResult> {
    const edited = planEdit(file, is, on, (text) => ({
      difference: { what: 'at boot', from: nameIn(text) ?? 'absent', to: want.name },
      lines: withName(text, want.name),
      secret: false,
    }));
    // Where the file cannot be written the running name stays too.
    const parts: ChangePart[] = [
      ...(edited.plan === 'change' ? [edited] : []),
      ...(is.live === want.name ? [] : [livePart(want.name, is.live)]),
    ];
    const result = { hostname: want.name };
    return parts.length === 0 ? same(result) : change({ ...combineChanges(parts), result });
  },
});

/** Containers mount the file: there it is written in place. */
const file: EditFile = {
  path: '/etc/hostname',
  state: 'present',
  create: true,
  backup: false,
  unsafeWrites: true,
};

const isName = ({ text }: Line) => text.trim() !== '' && !text.trim().startsWith('#');
const nameIn = ({ lines }: FileLines): string | undefined => lines.find(isName)?.text.trim();

function withName({ lines, end }: FileLines, name: string): Line[] | undefined {
  if (nameIn({ lines, end, encoding: 'utf8' }) === name) return undefined;
  return [...lines.filter((line) => !isName(line)), { text: name, end }];
}

function livePart(name: string, now: string | undefined): ChangePart {
  return {
    differences: [{ what: 'host name', from: now, to: name }],
    alters: [
      byScript(
        'host name',
        sh`if command -v hostname >/dev/null 2>&1; then hostname ${name}
else printf %s ${name} >/proc/sys/kernel/hostname; fi`,
      ),
    ],
    after: [predict(readHostname(), value(name)), predict(sysctl('kernel.hostname'), value(name))],
    invalidates: { readers: ['hostname'], reads: [sysctl('kernel.hostname')] },
  };
}
