import { describe, expect, test } from 'vitest';
import { unit, unitName } from '../../../engine/readers/services/unit.ts';
import { runScript, shells } from '../../../engine/testing.ts';

test('a name without suffix is a service, a dot in an instance is no suffix', () => {
  expect(unitName('ssh')).toBe('ssh.service');
  expect(unitName('logrotate.timer')).toBe('logrotate.timer');
  expect(unitName('vpn@site.example')).toBe('vpn@site.example.service');
  expect(unit('ssh').id).toBe(unit('ssh.service').id);
  expect(unit('ssh').id).not.toBe(unit('ssh', 'user').id);
});

describe.each(shells)('under %s', (shell) => {
  test('a host on which systemd does not run says so', async () => {
    const keys = [{ unit: 'ssh.service', scope: 'system' as const }];
    const script = unit.definition.script(keys, 'mark');
    const output = await runScript(script.replaceAll('/run/systemd/system', '/nowhere'), {
      shell,
    });
    const [answer] = unit.definition.parse(output, keys, 'mark');
    expect(answer).toMatchObject({ answer: 'denied' });
    expect(output.code).toBe(0);
  });

  test('a bus that does not answer is denied with its words, not absent', async () => {
    const keys = [
      { unit: 'ssh.service', scope: 'system' as const },
      { unit: 'a b.service', scope: 'user' as const },
    ];
    const script = unit.definition.script(keys, 'mark');
    const broken = `systemctl() { printf 'Failed to connect to bus\\n' >&2; return 1; }
${script.replaceAll('[ ! -d /run/systemd/system ]', 'false')}`;
    const output = await runScript(broken, { shell });
    const said = 'Failed to connect to bus\nFailed to connect to bus';
    expect(unit.definition.parse(output, keys, 'mark')).toEqual([
      { answer: 'denied', why: said },
      { answer: 'denied', why: expect.stringMatching(/enable-linger.*\(Failed to connect/) },
    ]);
  });
});

test('only its own files make a unit stale', () => {
  const files = unit.definition.dependsOn?.({ unit: 'getty@tty1.service', scope: 'system' }) ?? [];
  expect(files).toContain('/etc/systemd/system/getty@tty1.service');
  expect(files).toContain('/etc/systemd/system/getty@.service.d/');
  expect(files).not.toContain('/etc/systemd/system/');
});
