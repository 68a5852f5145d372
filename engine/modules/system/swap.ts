/** Module `swap`: no swap, now and at boot. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { byScript } from '../../module/alteration.ts';
import { change, predict, same, type Plan } from '../../module/plan.ts';
import { value } from '../../module/reader.ts';
import { file, type FileValue } from '../../readers/files/file.ts';
import { text, textValue, type TextValue } from '../../readers/files/text.ts';
import { contentOf } from '../../shell/content.ts';
import { rawScript } from '../../shell/script.ts';
import { absolutePath } from '../shared/argument.ts';
import { combineChanges, type ChangePart } from '../shared/combine-changes.ts';
import { countLines, editReads, planEdit, type EditFile } from '../shared/edit-file.ts';
import { predictPath, freshFile } from '../shared/file-result.ts';
import type { FileLines, Line } from '../shared/file-lines.ts';
import { writeFile } from '../shared/write-file.ts';
import { fstabFields } from './mount/fstab.ts';

const args = z.strictObject({
  state: z.literal('absent').default('absent').describe('off: now and at boot'),
  fstab: absolutePath.default('/etc/fstab').describe('the table of file systems'),
});

type Want = z.output<typeof args>;

export interface SwapResult {
  /** Devices and files in use as swap. */
  readonly active: readonly string[];
}

/** Where a package makes swap of compressed memory at boot, and what keeps it from doing so. */
const generator = '/usr/lib/systemd/zram-generator.conf';
const override = '/etc/systemd/zram-generator.conf';
const emptied = contentOf('# No swap: what the package brings is overridden by this file.\n');

export const swap = defineModule({
  name: 'swap',
  summary: 'Switches swap off, now and at boot: comments out lines of fstab.',
  args,
  example: `swap('kubelet wants no swap', {})`,
  returns: { active: 'devices and files in use as swap' },
  reads: (want: Want) => ({
    ...editReads(fstabOf(want)),
    swaps: text('/proc/swaps'),
    generator: file({ path: generator }),
    override: text(override),
  }),
  plan(want, is, on): Plan<SwapResult> {
    const active = activeIn(is.swaps);
    const table =
      is.file === undefined
        ? undefined
        : planEdit(fstabOf(want), is, on, (lines) => {
            const kept = withoutSwap(lines);
            const count = lines.lines.filter(isSwap).length;
            const difference = {
              what: want.fstab,
              from: `${countLines(count)} of swap`,
              to: 'comments',
            };
            return { difference, lines: kept, secret: false };
          });
    const parts: ChangePart[] = [
      ...(active.length > 0 ? [switchOff(active)] : []),
      ...(table?.plan === 'change' ? [table] : []),
      ...(makesSwap(is) ? [overrideGenerator(on.facts.user)] : []),
    ];
    if (parts.length === 0) return same({ active: [] });
    // Pages come back into memory one by one.
    return change({ ...combineChanges(parts), result: { active: [] }, timeout: 1800 });
  },
});

const fstabOf = (want: Want): EditFile => ({
  path: want.fstab,
  state: 'present',
  create: false,
  backup: false,
  unsafeWrites: true,
});

/** /proc/swaps has a heading, and a line for each. */
function activeIn(swaps: TextValue | undefined): string[] {
  if (swaps?.kind !== 'text') return [];
  const lines = swaps.bytes.toString('utf8').split('\n').slice(1);
  return lines.flatMap((line) => (line.trim() === '' ? [] : [line.split(/\s+/)[0] ?? '']));
}

/** By its type, the third field. */
const isSwap = ({ text: line }: Line): boolean => fstabFields.of(line)[2] === 'swap';

function withoutSwap({ lines }: FileLines): Line[] | undefined {
  if (!lines.some(isSwap)) return undefined;
  return lines.map((line) => (isSwap(line) ? { ...line, text: `# ${line.text}` } : line));
}

const makesSwap = (is: { generator: FileValue | undefined; override: TextValue | undefined }) =>
  is.generator !== undefined && (is.override === undefined || hasSection(is.override));

const hasSection = (of: TextValue): boolean =>
  of.kind === 'text' && /^\s*\[zram/m.test(of.bytes.toString('utf8'));

function switchOff(active: readonly string[]): ChangePart {
  const header = Buffer.from('Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n');
  return {
    differences: [{ what: 'swap', from: active.join(', '), to: 'off' }],
    alters: [byScript('mount', rawScript('swapoff -a'))],
    after: [predict(text('/proc/swaps'), value(textValue(header)))],
    invalidates: { paths: ['/proc/swaps'], readers: ['unit'] },
  };
}

function overrideGenerator(user: { readonly name: string; readonly uid: number }): ChangePart {
  const fresh = freshFile({ type: 'file', mode: '0644' }, user);
  const whole = { ...fresh, size: emptied.size, digest: emptied.digest };
  return {
    differences: [{ what: override, from: 'swap of compressed memory at boot', to: 'none' }],
    alters: [writeFile({ path: override, content: emptied, mode: '0644' }, undefined)],
    after: predictPath(override, whole, emptied.bytes),
    invalidates: { paths: [override] },
  };
}
