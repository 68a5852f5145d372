import { describe, expect, test } from 'vitest';
import { absent } from '../../engine/module/reader.ts';
import { unit, unitName } from '../../engine/readers/unit.ts';
import { runScript, shells } from '../../engine/testing.ts';
import { recorded } from './recorded.ts';

const debian = recorded(unit.definition, 'unit-debian-12');
const of = (name: string) => {
  const found = debian.find(({ key }) => key.unit === name)?.answer;
  return found?.answer === 'value' ? found.value : found;
};

test('a name without suffix is a service, a dot in an instance is no suffix', () => {
  expect(unitName('ssh')).toBe('ssh.service');
  expect(unitName('logrotate.timer')).toBe('logrotate.timer');
  expect(unitName('vpn@site.example')).toBe('vpn@site.example.service');
  expect(unit('ssh').id).toBe(unit('ssh.service').id);
  expect(unit('ssh').id).not.toBe(unit('ssh', 'user').id);
});

describe('on Debian 12', () => {
  test.each([
    ['ssh.service', { activeState: 'active', unitFileState: 'enabled', canReload: true }],
    ['getty@tty9.service', { activeState: 'inactive', unitFileState: 'disabled' }],
    ['multi-user.target', { activeState: 'active', unitFileState: 'static', type: '' }],
    ['masked.service', { loadState: 'masked', unitFileState: 'masked' }],
    ['enabled-runtime.service', { unitFileState: 'enabled-runtime' }],
    ['crash.service', { activeState: 'activating', subState: 'auto-restart', result: 'exit-code' }],
    ['oldie.service', { unitFileState: 'generated', sysvEnabled: true }],
    ['tmp.mount', { activeState: 'active', unitFileState: '', type: '' }],
    ['once.service', { type: 'oneshot', remainAfterExit: false, activeState: 'inactive' }],
  ])('%s is read', (name, expected) => {
    expect(of(name)).toMatchObject(expected);
  });

  test('an alias answers with the name of its unit', () => {
    expect(of('sshd.service')).toMatchObject({ id: 'ssh.service', activeState: 'active' });
  });

  test('a unit that is not there is absent', () => {
    expect(of('nope.service')).toEqual(absent);
  });
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
    expect(unit.definition.parse(output, keys, 'mark')).toEqual(
      keys.map(() => ({
        answer: 'denied',
        why: 'Failed to connect to bus\nFailed to connect to bus',
      })),
    );
  });
});

test('only its own files make a unit stale', () => {
  const files = unit.definition.dependsOn?.({ unit: 'getty@tty1.service', scope: 'system' }) ?? [];
  expect(files).toContain('/etc/systemd/system/getty@tty1.service');
  expect(files).toContain('/etc/systemd/system/getty@.service.d/');
  expect(files).not.toContain('/etc/systemd/system/');
});
