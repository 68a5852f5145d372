import { describe, expect, test } from 'vitest';
import { systemd } from '../../../engine/modules/services/systemd/index.ts';
import { unitScript } from '../../../engine/modules/services/systemd/script.ts';
import { value } from '../../../engine/module/reader.ts';
import { unit, type Unit } from '../../../engine/readers/services/unit.ts';
import { runScript, shells, testModule } from '../../../engine/testing.ts';
import { recorded } from '../../readers/recorded.ts';
import { isAct, isChange, planned } from '../planning.ts';

function onDebian(name: string, changed: Partial<Unit> = {}): { readonly unit: Unit } {
  const all = recorded(unit.definition, 'unit-debian-12');
  const found = all.find(({ key }) => key.unit === name)?.answer;
  if (found?.answer !== 'value') throw new Error(`${name} is not in the recording`);
  return { unit: { ...found.value, ...changed } };
}

const ssh = onDebian('ssh.service');
const stopped = onDebian('ssh.service', { activeState: 'inactive', subState: 'dead', mainPid: 0 });
const once = onDebian('once.service');

describe('states', () => {
  testModule(
    systemd,
    [
      {
        name: 'what runs is started',
        want: { unit: 'ssh', state: 'started' },
        is: ssh,
        plan: 'same',
      },
      {
        name: 'what is stopped is started',
        want: { unit: 'ssh', state: 'started' },
        is: stopped,
        plan: 'change',
        differences: [{ what: 'state', from: 'inactive', to: 'started' }],
        script: ['ctl start -- "$unit"'],
      },
      {
        name: 'a unit that does not load is not started',
        want: { unit: 'ssh', state: 'started' },
        is: onDebian('ssh.service', { activeState: 'inactive', loadState: 'bad-setting' }),
        fails: /^ssh\.service does not load: .*ssh\.service is not valid$/,
      },
      {
        name: 'unless its file has changed since',
        want: { unit: 'ssh', state: 'started' },
        is: onDebian('ssh.service', {
          activeState: 'inactive',
          loadState: 'bad-setting',
          needDaemonReload: true,
        }),
        plan: 'change',
      },
      {
        name: 'a unit on its way up is not started yet',
        want: { unit: 'ssh', state: 'started' },
        is: onDebian('ssh.service', { activeState: 'activating', subState: 'start' }),
        plan: 'change',
      },
      {
        name: 'a unit on its way up is enough for who does not wait',
        want: { unit: 'ssh', state: 'started', wait: false },
        is: onDebian('ssh.service', { activeState: 'activating', subState: 'start' }),
        plan: 'same',
      },
      {
        name: 'so is one whose start is queued',
        want: { unit: 'ssh', state: 'started', wait: false },
        is: onDebian('ssh.service', { activeState: 'inactive', job: true }),
        plan: 'same',
      },
      {
        name: 'a unit that systemd restarts again and again is not on its way up',
        want: { unit: 'crash', state: 'started', wait: false },
        is: onDebian('crash.service'),
        plan: 'change',
      },
      {
        name: 'without waiting the start is only queued and not watched',
        want: { unit: 'ssh', state: 'started', wait: false },
        is: stopped,
        script: ['ctl --no-block start -- "$unit"', /^(?![\s\S]*sleep 1)/],
      },
      {
        name: 'a failed unit may start again at once',
        want: { unit: 'ssh', state: 'started' },
        is: onDebian('ssh.service', { activeState: 'failed' }),
        script: ['ctl reset-failed', 'ctl start'],
      },
      {
        name: 'what failed is stopped',
        want: { unit: 'ssh', state: 'stopped' },
        is: onDebian('ssh.service', { activeState: 'failed' }),
        plan: 'same',
      },
      {
        name: 'what runs is stopped',
        want: { unit: 'ssh', state: 'stopped' },
        is: ssh,
        script: ['ctl stop'],
      },
      {
        name: 'a unit that is not there is stopped, disabled and unmasked',
        want: { unit: 'nope', state: 'stopped', enabled: false, masked: false },
        plan: 'same',
      },
      {
        name: 'a unit that is not there cannot be started',
        want: { unit: 'nope', state: 'started' },
        fails: /there is no unit nope\.service/,
      },
      { name: 'nor enabled', want: { unit: 'nope', enabled: true }, fails: /there is no unit/ },
      { name: 'but masked', want: { unit: 'nope', masked: true }, script: ['ctl mask -- "$unit"'] },
      {
        name: 'a one-shot service never stays started',
        want: { unit: 'once', state: 'started' },
        is: once,
        fails: /one-shot/,
      },
      {
        name: 'one that remains does',
        want: { unit: 'once', state: 'started' },
        is: onDebian('once.service', { remainAfterExit: true, activeState: 'active' }),
        plan: 'same',
      },
    ],
    test,
  );
});

describe('at boot', () => {
  const want = (enabled: boolean) => ({ unit: 'x', enabled });
  const is = (unitFileState: string, more: Partial<Unit> = {}) =>
    onDebian('ssh.service', { id: 'x.service', unitFileState, ...more });
  testModule(
    systemd,
    [
      { name: 'enabled is enabled', want: want(true), is: is('enabled'), plan: 'same' },
      { name: 'disabled is enabled', want: want(true), is: is('disabled'), script: ['ctl enable'] },
      {
        name: 'for this boot only is not enabled',
        want: want(true),
        is: is('enabled-runtime'),
        plan: 'change',
      },
      { name: 'linked is not enabled', want: want(true), is: is('linked'), plan: 'change' },
      { name: 'disabled is disabled', want: want(false), is: is('disabled'), plan: 'same' },
      {
        name: 'enabled is disabled, also for this boot',
        want: want(false),
        is: is('enabled'),
        script: ['ctl disable -- "$unit"', 'ctl --runtime disable'],
      },
      {
        name: 'enabled for this boot is disabled',
        want: want(false),
        is: is('enabled-runtime'),
        plan: 'change',
      },
      {
        name: 'an init script in its runlevels is enabled',
        want: want(true),
        is: is('generated', { sysvEnabled: true }),
        plan: 'same',
      },
      {
        name: 'an init script in its runlevels is disabled',
        want: want(false),
        is: is('generated', { sysvEnabled: true }),
        plan: 'change',
      },
      {
        name: 'a masked unit cannot be enabled',
        want: want(true),
        is: is('masked', { loadState: 'masked' }),
        fails: /x\.service is masked/,
      },
      {
        name: 'a masked unit is not enabled',
        want: want(false),
        is: is('masked', { loadState: 'masked' }),
        plan: 'same',
      },
      {
        name: 'unmasked and enabled in one step',
        want: { ...want(true), masked: false },
        is: is('masked', { loadState: 'masked' }),
        script: [/unmask[\s\S]*daemon-reload[\s\S]*enable/],
      },
      {
        name: 'masked for this boot is not masked for good',
        want: { unit: 'x', masked: true },
        is: is('masked-runtime', { loadState: 'masked' }),
        plan: 'change',
      },
      {
        name: 'the real name is enabled, not the alias',
        want: { unit: 'sshd', enabled: true },
        is: onDebian('sshd.service', { unitFileState: 'disabled' }),
        script: ['unit=ssh.service'],
      },
      {
        name: 'an alias that runs is not disabled away',
        want: { unit: 'sshd', enabled: false, state: 'started' },
        is: onDebian('sshd.service'),
        fails: /alias of ssh\.service/,
      },
    ],
    test,
  );

  test.each(['static', 'indirect', 'generated', 'transient', ''])(
    'a unit that is %j is left alone, with a note (D14)',
    (state) => {
      for (const enabled of [true, false]) {
        const plan = planned(systemd, want(enabled), is(state));
        expect(plan.plan).toBe('same');
        expect(plan.notes).toHaveLength(1);
      }
    },
  );
});

describe('unit files that changed on disk', () => {
  const stale = onDebian('ssh.service', { needDaemonReload: true });
  testModule(
    systemd,
    [
      {
        name: 'are no reason to touch what is as wanted',
        want: { unit: 'ssh', state: 'started' },
        is: stale,
        plan: 'same',
      },
      {
        name: 'are loaded where asked',
        want: { unit: 'ssh', daemonReload: true },
        is: stale,
        differences: [{ what: 'unit files' }],
        script: ['ctl daemon-reload'],
      },
      {
        name: 'are loaded before a start',
        want: { unit: 'ssh', state: 'started' },
        is: { unit: { ...stopped.unit, needDaemonReload: true } },
        script: [/daemon-reload[\s\S]*start/],
      },
      {
        name: 'are not loaded where forbidden',
        want: { unit: 'ssh', state: 'started', daemonReload: false },
        is: { unit: { ...stopped.unit, needDaemonReload: true } },
        script: [/^(?![\s\S]*daemon-reload)/],
      },
    ],
    test,
  );
});

describe('predictions', () => {
  test('say what the unit will be', () => {
    const plan = isChange(planned(systemd, { unit: 'ssh', state: 'stopped', enabled: false }, ssh));
    expect(plan.after.map(({ answer }) => answer)).toMatchObject([
      { value: { activeState: 'inactive', unitFileState: 'disabled', mainPid: 0 } },
    ]);
  });

  test('say that nobody knows what is below a mask', () => {
    const masked = onDebian('masked.service');
    const plan = isChange(planned(systemd, { unit: 'masked', masked: false }, masked));
    expect(plan.after.map(({ answer }) => answer)).toEqual([{ answer: 'unknown' }]);
  });

  test('a daemon invalidates units and what it writes, a one-shot service anything', () => {
    const plan = isChange(planned(systemd, { unit: 'ssh', state: 'started' }, stopped));
    expect(plan.invalidates).toMatchObject({ readers: ['unit'] });
    expect(isAct(planned(systemd, { unit: 'once', state: 'restarted' }, once)).invalidates).toBe(
      'everything',
    );
  });
});

describe('restarted and reloaded', () => {
  test('are actions that need a condition', () => {
    const args = systemd.definition.args.parse({ unit: 'ssh', state: 'restarted' });
    expect(systemd.definition.needsCondition?.(args)).toBe(true);
  });

  test.each([
    ['a new run that is active', { invocationId: 'new' }, undefined],
    ['the same run', {}, /still is the run/],
    ['a run that failed', { invocationId: 'new', activeState: 'failed' }, /is failed/],
    ['a run on its way up', { invocationId: 'new', activeState: 'activating' }, /is activating/],
  ])('%s is judged', (_, changed, expected) => {
    const plan = isAct(planned(systemd, { unit: 'ssh', state: 'restarted' }, ssh));
    const missing = plan.until?.missing([value({ ...ssh.unit, ...changed })]);
    if (expected === undefined) expect(missing).toBeUndefined();
    else expect(missing).toMatch(expected);
  });

  test('a one-shot service has restarted when it ended well', () => {
    const plan = isAct(planned(systemd, { unit: 'once', state: 'restarted' }, once));
    expect(plan.until?.missing([value(once.unit)])).toBeUndefined();
    expect(plan.until?.missing([value({ ...once.unit, result: 'exit-code' })])).toBeDefined();
  });

  test('a unit that cannot reload says so, a stopped one is started', () => {
    const fixed = onDebian('ssh.service', { canReload: false });
    expect(() => planned(systemd, { unit: 'ssh', state: 'reloaded' }, fixed)).toThrow(/reload/);
    const plan = isAct(planned(systemd, { unit: 'ssh', state: 'reloaded' }, stopped));
    expect(plan.script.text).toContain('ctl restart');
  });
});

test.each([
  [{ unit: 'getty@', enabled: true }, /template/],
  [{ unit: 'x', masked: true, enabled: true }, /masked/],
  [{ unit: 'x', masked: true, state: 'restarted' as const }, /masked/],
  [{ unit: 'x' }, /say state/],
])('%j is a mistake', (args, expected) => {
  expect(systemd.definition.mistakes?.(systemd.definition.args.parse(args))[0]).toMatch(expected);
});

describe.each(shells)('the script under %s', (shell) => {
  const how = { scope: 'system', wait: true, daemonReload: 'auto', settle: { stable: 1 } } as const;
  const start = unitScript('x.service', how, {
    resetFailed: false,
    unmask: false,
    reloadDaemon: false,
    enable: undefined,
    run: 'start',
    mask: false,
    holds: true,
  });
  /** A systemctl that answers `show -p ActiveState …` with the variables of the test. */
  const standIn = (answers: string) => `systemctl() {
  case "$*" in
  *"show -p ActiveState"*) ${answers}
    printf 'Type=simple\\nActiveState=%s\\nInvocationID=%s\\nNRestarts=%s\\n' "$told" "$id" "$restarts" ;;
  *"show -p"*) printf 'x=\\n' ;;
  *status*) printf 'the status\\n' ;;
  esac
}
journalctl() { printf 'the journal\\n'; }
id=1 restarts=0 told=active
`;
  const run = (answers: string) =>
    runScript({ ...start, text: standIn(answers) + start.text }, { shell });

  test('a unit that stays up has started', async () => {
    expect((await run('')).code).toBe(0);
  });

  test('a unit that is restarted within the first seconds fails, with its journal', async () => {
    const { code, stderr } = await run('restarts=$(date +%s%N);');
    expect(code).toBe(1);
    expect(stderr).toContain('it crashes');
    expect(stderr).toContain('the journal');
  });

  test('a unit that ends fails', async () => {
    const script = standIn('').replace('told=active\n', 'told=failed\n');
    const output = await runScript({ ...start, text: script + start.text }, { shell });
    expect(output.code).toBe(1);
    expect(output.stderr).toContain('did not stay up');
  });
});
