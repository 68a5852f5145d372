import { readFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { denied, value } from '../../../engine/module/reader.ts';
import { reboot } from '../../../engine/modules/services/reboot.ts';
import { bootId } from '../../../engine/readers/system/boot-id.ts';
import { isAct, planned, wanted } from '../planning.ts';
import { ask, shells, start } from '../shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

test('it stands in a handler or has a when', () => {
  expect(reboot.definition.needsCondition?.(wanted(reboot, {}))).toBe(true);
});

test('it is done when the host answers with another boot', () => {
  const plan = isAct(planned(reboot, { timeout: 60 }, { boot: 'b1' }));
  expect(plan.reboots).toEqual({ within: 60 });
  expect(plan.until?.missing([value('b1')])).toContain('still in the boot');
  expect(plan.until?.missing([denied('no')])).toContain('still in the boot');
  expect(plan.until?.missing([value('b2')])).toBeUndefined();
});

test('the message is one line', () => {
  expect(reboot.definition.args.safeParse({ message: 'a\nb' }).success).toBe(false);
});

describe.each(shells)('under %s', (shell) => {
  test('the boot id is the kernel’s', () => {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    expect(ask(shell, [bootId(null)])).toEqual([value(id)]);
  });

  test('the script is one that the shell understands', () => {
    const { script } = isAct(planned(reboot, { message: "it's $HOME" }, { boot: 'b1' }));
    expect(start(shell, `set -n\n${script.text}`)).toMatchObject({ code: 0 });
  });
});
