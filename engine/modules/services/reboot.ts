import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { action, unpredictable } from '../../module/plan.ts';
import { bootId } from '../../readers/system/boot-id.ts';
import { quote } from '../../shell/quote.ts';
import { rawScript } from '../../shell/script.ts';

/** Restarts the host and waits until it is back. */
export const reboot = defineModule({
  name: 'reboot',
  summary: 'Restarts the host and waits for it; in a handler, or with a when.',
  kind: 'action',
  reach: () => 'host',
  args: z.strictObject({
    timeout: z
      .int()
      .min(10)
      .max(86_400)
      .default(600)
      .describe('seconds within which it must be back'),
    message: z
      .string()
      .regex(/^[^\n]*$/, 'must be one line')
      .default('restarted by a playbook')
      .describe('message to users who are logged in'),
  }),
  example: `reboot('new kernel', {}, { when: (run) => run.facts.kernel !== '6.1.0-28-amd64' })`,
  needsCondition: () => true,
  reads: () => ({ boot: bootId(null) }),
  plan(want, { boot = '' }) {
    const read = bootId(null);
    return action({
      script: rawScript(restarting(want.message)),
      result: () => ({}),
      differences: [{ what: 'boot', from: boot, to: 'a new one' }],
      guarded: true,
      after: [unpredictable(read)],
      reboots: { within: want.timeout },
      until: {
        atMost: want.timeout,
        reads: [read],
        missing: ([now]) =>
          now?.answer === 'value' && now.value !== boot
            ? undefined
            : 'the host is still in the boot that was to end',
      },
    });
  },
});

/**
 * The restart starts outside of the step's processes and a moment later, so that the step's exit
 * code still travels back, and the end of the session does not end the restart.
 */
function restarting(message: string): string {
  return `if [ -d /run/systemd/system ]; then
command -v wall >/dev/null 2>&1 && printf '%s\\n' ${quote(message)} | wall 2>/dev/null
systemd-run --quiet --on-active=1 --timer-property=AccuracySec=100ms systemctl reboot 2>/dev/null || systemctl --no-block reboot
else
command -v reboot >/dev/null 2>&1 || { printf 'the host has no reboot command\\n' >&2; exit 1; }
apart=
command -v setsid >/dev/null 2>&1 && apart=setsid
$apart sh -c 'sleep 1; exec reboot' </dev/null >/dev/null 2>&1 &
fi`;
}
