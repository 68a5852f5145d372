/** Module `selinux`: whether SELinux enforces its rules, now and at boot. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { byScript } from '../../module/alteration.ts';
import { change, predict, same, type Plan } from '../../module/plan.ts';
import { value } from '../../module/reader.ts';
import { text, textValue, type TextValue } from '../../readers/files/text.ts';
import { sh } from '../../shell/script.ts';
import { combineChanges, type ChangePart } from '../shared/combine-changes.ts';
import { editReads, planEdit, type EditFile } from '../shared/edit-file.ts';
import { ifChanged, lastWith, withEntry, type LineFormat } from '../shared/keyed-lines/index.ts';

const args = z.strictObject({
  state: z
    .enum(['enforcing', 'permissive', 'disabled'])
    .describe('permissive only reports; disabled needs a reboot'),
});

type Want = z.output<typeof args>;

export interface SelinuxResult {
  /** `absent` where the system has none. */
  readonly state: Want['state'] | 'absent';
  readonly rebootRequired: boolean;
}

const live = '/sys/fs/selinux/enforce';

export const selinux = defineModule({
  name: 'selinux',
  summary:
    'Sets the mode of SELinux: enforcing, permissive or disabled; does nothing without SELinux.',
  args,
  example: `selinux('only report', { state: 'permissive' })`,
  returns: {
    state: '`absent` where the system has no SELinux',
    rebootRequired: 'whether the running system differs until it is rebooted',
  },
  reads: () => ({ ...editReads(config), live: text(live) }),
  plan(want: Want, is, on): Plan<SelinuxResult> {
    const running = runningState(is.live);
    if (is.file === undefined && running === undefined) {
      return same({ state: 'absent', rebootRequired: false });
    }
    const rebootRequired = (running === undefined) !== (want.state === 'disabled');
    const result = { state: want.state, rebootRequired };
    const notes = rebootRequired
      ? [`SELinux is ${running ?? 'disabled'} until the host is rebooted`]
      : [];
    const saved =
      is.file === undefined
        ? undefined
        : planEdit(config, is, on, (lines) => ({
            difference: {
              what: 'at boot',
              from: lastWith(settingLines, lines, 'SELINUX') ?? 'unset',
              to: want.state,
            },
            lines: ifChanged(lines, withEntry(settingLines, lines, want.state)),
            secret: false,
          }));
    const enforce = want.state === 'enforcing' ? 'enforcing' : 'permissive';
    const parts: ChangePart[] = [
      ...(running !== undefined && running !== enforce ? [livePart(running, enforce)] : []),
      ...(saved?.plan === 'change' ? [saved] : []),
    ];
    return parts.length === 0
      ? same(result, notes)
      : change({ ...combineChanges(parts), result, notes });
  },
});

const config: EditFile = {
  path: '/etc/selinux/config',
  state: 'present',
  create: false,
  backup: false,
  unsafeWrites: false,
};

/** Undefined where the kernel runs without it. */
function runningState(is: TextValue | undefined): 'enforcing' | 'permissive' | undefined {
  if (is?.kind !== 'text') return undefined;
  return is.bytes.toString('latin1').trim() === '1' ? 'enforcing' : 'permissive';
}

/** One line of /etc/selinux/config, with what stands around its value. */
const setting = /^(\s*SELINUX\s*=\s*)(\w+)/;

const settingLines: LineFormat<string> = {
  read: (text) => setting.exec(text)?.[2],
  keyOf: () => 'SELINUX',
  write: (state, old = 'SELINUX=disabled') =>
    old.replace(setting, (_, lead: string) => lead + state),
  isSame: (is, wanted) => is === wanted,
};

const livePart = (from: string, to: 'enforcing' | 'permissive'): ChangePart => {
  const bit = to === 'enforcing' ? '1' : '0';
  return {
    differences: [{ what: 'running', from, to }],
    alters: [byScript('anything', sh`printf %s ${bit} >${live}`)],
    after: [predict(text(live), value(textValue(Buffer.from(bit))))],
    invalidates: { paths: [live] },
  };
};
