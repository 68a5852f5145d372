import { expect, test } from 'vitest';
import type { Event } from '../../engine/report/events.ts';
import { secret } from '../../engine/secrets/secret.ts';
import { playEnd, playStart, recap, runEnd, runStart, step, stepEnd } from './events.ts';
import { shown } from './shown.ts';

const hosts = ['n1', 'n2', 'n3'];
const onAll = (name: string): Event[] => hosts.map((host) => stepEnd(step(host, name)));
const mode = { what: 'mode', from: '0644', to: '0600' };

test('a run in which nothing changes is one line a task', () => {
  const events = [
    runStart(),
    playStart(hosts),
    ...onAll('install etcd'),
    ...onAll('etcd runs'),
    playEnd(),
    runEnd({ n1: recap(), n2: recap(), n3: recap() }),
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "
    PLAY etcd (3 hosts: n1 n2 n3)
    etcd/install etcd  ok 3
    etcd/etcd runs  ok 3

    RECAP    ok  changed  skipped  failed  trips
    n1        3        0        0       0      3
    n2        3        0        0       0      3
    n3        3        0        0       0      3

    0 changed, 0 handlers, 0 failed on 3 hosts in 4.2 s
    "
  `);
});

test('a host that changes has a line that says what; the others are counted', () => {
  const text = { path: '/etc/default/etcd', before: 'a\nb\n', after: 'a\nc\nd\n' };
  const events = [
    playStart(hosts),
    stepEnd(step('n1', 'environment'), {
      outcome: 'changed',
      differences: [{ what: 'content', from: undefined, to: undefined, text }, mode],
      took: 1200,
    }),
    stepEnd(step('n2', 'environment')),
    stepEnd(step('n3', 'environment'), { outcome: 'skipped', because: 'its condition is false' }),
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "
    PLAY etcd (3 hosts: n1 n2 n3)
    etcd/environment
      n1  changed  /etc/default/etcd +2 -1, mode 0644 -> 0600 [1.2 s]
      others: ok 1, skipped 1
    "
  `);
});

test('hosts that run ahead do not mix the tasks: lines stand in the order of the playbook', () => {
  const events = [
    playStart(hosts),
    stepEnd(step('n1', 'first')),
    stepEnd(step('n1', 'second')),
    stepEnd(step('n2', 'first')),
    stepEnd(step('n3', 'first'), { outcome: 'changed', differences: [mode] }),
    stepEnd(step('n2', 'second'), { outcome: 'changed', differences: [mode] }),
    stepEnd(step('n3', 'second')),
    playEnd(),
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "
    PLAY etcd (3 hosts: n1 n2 n3)
    etcd/first
      n3  changed  mode 0644 -> 0600
      others: ok 2
    etcd/second
      n2  changed  mode 0644 -> 0600
      others: ok 2
    "
  `);
});

test('a task that only one host has does not wait for the others', () => {
  const events = [
    playStart(hosts),
    stepEnd(step('n1', 'only here')),
    ...onAll('everywhere'),
    stepEnd(step('n2', 'later'), { outcome: 'changed', differences: [mode] }),
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "
    PLAY etcd (3 hosts: n1 n2 n3)
    etcd/only here  ok 1
    etcd/everywhere  ok 3
    etcd/later
      n2  changed  mode 0644 -> 0600
    "
  `);
});

test('check says what would change and what it cannot know', () => {
  const events = [
    runStart(true),
    playStart(['n1']),
    stepEnd(step('n1', 'environment'), { outcome: 'changed', differences: [mode] }),
    stepEnd(step('n1', 'join'), { outcome: 'unknown', because: "depends on 'create token'" }),
    playEnd(),
    runEnd({ n1: recap({ changed: 1, unknown: 1 }) }),
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "Check: nothing is written.

    PLAY etcd (1 host: n1)
    etcd/environment
      n1  would change  mode 0644 -> 0600
    etcd/join
      n1  unknown  depends on 'create token'

    RECAP    ok  would change  unknown  skipped  failed  trips
    n1        3             1        1        0       0      3

    1 would change, 1 unknown, 0 failed on 1 host in 4.2 s
    "
  `);
});

test('failures are told in full at the end, equal ones of several hosts once', () => {
  const failure = {
    message: 'exit code 1',
    command: 'systemctl start etcd',
    code: 1,
    stderr: 'Job for etcd.service failed.\nSee journalctl.\n',
    details: ['etcd[1]: listen tcp :2380: bind: address already in use'],
    hint: 'another process has the port',
    at: { file: new URL('./events.ts', import.meta.url).pathname, line: 1, column: 1 },
  };
  const events = [
    playStart(hosts),
    stepEnd(step('n1', 'etcd runs'), { outcome: 'failed', failure, attempts: 4 }),
    stepEnd(step('n2', 'etcd runs'), { outcome: 'failed', failure }),
    stepEnd(step('n3', 'etcd runs'), { outcome: 'failed', failure, ignored: true }),
    {
      event: 'host-unreachable',
      time: 0,
      host: 'n4',
      failure: { message: 'connection refused', hint: 'is sshd up?' },
    } as const,
    playEnd('2 of 3 hosts failed'),
    runEnd({
      n1: recap({ failed: 1 }),
      n2: recap({ failed: 1 }),
      n3: recap({ ignored: 1 }),
      n4: recap({ ok: 0, unreachable: true }),
    }),
  ];
  expect(shown(events).replaceAll(process.cwd(), '')).toMatchInlineSnapshot(`
    "
    PLAY etcd (3 hosts: n1 n2 n3)
    etcd/etcd runs
      n1  failed  exit code 1 (after 4 attempts)
      n2  failed  exit code 1
      n3  failed  exit code 1 (ignored)
      n4  unreachable  connection refused
    PLAY ENDED EARLY etcd: 2 of 3 hosts failed

    FAILED etcd/etcd/etcd runs on n1, n2
      exit code 1
      at test/report/events.ts:1:1
         1 | /** Events of a small run, for the reporters' tests. */
      command: systemctl start etcd
      exit code: 1
      stderr:
        | Job for etcd.service failed.
        | See journalctl.
      details:
        | etcd[1]: listen tcp :2380: bind: address already in use
      hint: another process has the port

    UNREACHABLE on n4
      connection refused
      hint: is sshd up?

    RECAP    ok  changed  skipped  failed  ignored  trips
    n1        3        0        0       1        0      3
    n2        3        0        0       1        0      3
    n3        3        0        0       0        1      3
    n4        0        0        0       0        0      3  unreachable

    0 changed, 0 handlers, 2 failed, 1 unreachable on 4 hosts in 4.2 s
    "
  `);
});

test.each(['unreachable', 'locked'] as const)('a host that is %s in a step is told once', (how) => {
  const failure = { message: 'connection refused' };
  const out = shown([
    playStart(['n1', 'n2']),
    stepEnd(step('n1', 'x'), { outcome: how, failure }),
    { event: `host-${how}`, time: 0, host: 'n1', failure },
    { event: `host-${how}`, time: 0, host: 'n2', failure },
    runEnd({ n1: recap({ ok: 0, [how]: true }), n2: recap({ ok: 0, [how]: true }) }, 5),
  ]);
  expect(out.match(/connection refused/g)).toHaveLength(4);
  expect(out).toContain(`${how.toUpperCase()} etcd/etcd/x on n1`);
  expect(out).toMatch(new RegExp(`^n2 .* ${how}$`, 'm'));
  expect(out).toContain(`0 failed, 2 ${how} on 2 hosts`);
});

test('hosts that do not begin what failed on another are told, and marked in the recap', () => {
  const failure = { message: 'exit code 3' };
  const out = shown([
    playStart(['n1', 'n2']),
    stepEnd(step('n1', 'x'), { outcome: 'failed', failure }),
    { event: 'host-held-back', time: 0, host: 'n2', block: 'roll etcd', failedOn: 'n1' },
    runEnd({ n1: recap({ failed: 1 }), n2: recap({ heldBack: true }) }, 2),
  ]);
  expect(out).toContain("  n2  held back  'roll etcd' failed on n1: not begun here");
  expect(out).toMatch(/^n2 +3 +0 +0 +0 +3 {2}held back$/m);
  expect(out).toContain('1 failed, 1 held back on 2 hosts');
});

test('a failure that a block rescues is told where it happens, not at the end', () => {
  const failure = { message: 'exit code 3', stderr: 'boom' };
  const out = shown([
    playStart(['n1', 'n2']),
    stepEnd(step('n1', 'x'), { outcome: 'failed', failure }),
    { event: 'host-rescued', time: 0, host: 'n1', text: 'rescued: exit code 3' },
    stepEnd(step('n2', 'x'), { outcome: 'failed', failure }),
    stepEnd(step('n1', 'y'), { outcome: 'changed' }),
    runEnd({ n1: recap({ rescued: 1 }), n2: recap({ failed: 1 }) }, 2),
  ]);
  expect(out).toMatchInlineSnapshot(`
    "
    PLAY etcd (2 hosts: n1 n2)
    etcd/x
      n1  failed  exit code 3
      n1  rescued  exit code 3
    etcd/x
      n2  failed  exit code 3
    etcd/y
      n1  changed

    FAILED etcd/etcd/x on n2
      exit code 3
      at /nowhere/roles/etcd.ts:14:11
      stderr:
        | boom

    RECAP    ok  changed  skipped  failed  rescued  trips
    n1        3        0        0       0        1      3
    n2        3        0        0       1        0      3

    0 changed, 0 handlers, 1 failed on 2 hosts in 4.2 s
    "
  `);
});

test('with --diff texts are shown as unified diffs; a hunk with a secret is counted', () => {
  const password = 'correct-horse-battery';
  secret(password);
  const lines = (first: string, last: string): string =>
    [first, ...'bcdefghij'.split(''), last].map((line) => `${line}\n`).join('');
  const text = {
    path: '/etc/app.conf',
    before: lines('port=1', 'password=old'),
    after: lines('port=2', `password=${password}`),
  };
  const change = { what: 'content', from: undefined, to: undefined };
  const events = [
    playStart(['n1']),
    stepEnd(step('n1', 'config'), { outcome: 'changed', differences: [{ ...change, text }] }),
    stepEnd(step('n1', 'key'), {
      outcome: 'changed',
      differences: [{ ...change, secret: true, text: { ...text, path: '/etc/key' } }],
    }),
  ];
  expect(shown(events, { diff: true })).toMatchInlineSnapshot(`
    "
    PLAY etcd (1 host: n1)
    etcd/config
      n1  changed  /etc/app.conf +2 -2
          --- /etc/app.conf
          @@ -1,4 +1,4 @@
          -port=1
          +port=2
           b
           c
           d
          @@ -8,4 +8,4 @@
          (holds a secret: 1 line added, 1 removed)
    etcd/key
      n1  changed  /etc/key +2 -2
    "
  `);
});

test('-v shows every host, results and live output', () => {
  const events: Event[] = [
    playStart(['n1', 'n2']),
    { event: 'step-output', time: 0, step: step('n1', 'join'), stream: 'stdout', text: 'a\nb\n' },
    {
      event: 'step-retry',
      time: 0,
      step: step('n1', 'join'),
      attempt: 2,
      attempts: 4,
      why: 'not yet',
    },
    stepEnd(step('n1', 'join'), { outcome: 'changed', result: { code: 0 } }),
    stepEnd(step('n2', 'join'), { outcome: 'skipped', because: 'its condition is false' }),
  ];
  expect(shown(events, { verbosity: 1 })).toMatchInlineSnapshot(`
    "
    PLAY etcd (2 hosts: n1 n2)
    etcd/join
      n1 | a
      n1 | b
      retry 2/4: not yet
      n1  changed
          {"code":0}
      n2  skipped  its condition is false
    "
  `);
});

test('nothing is shown of a secret task but that it changed or failed', () => {
  const failure = { message: 'exit 1: s3same', command: 's3same', stderr: 's3same', code: 1 };
  const out = shown(
    [
      playStart(['n1']),
      stepEnd(step('n1', 'join'), {
        outcome: 'failed',
        secret: true,
        failure,
        notes: ['s3same'],
        result: 's3same',
        differences: [{ what: 'token', from: 's3same', to: 's3same' }],
      }),
      runEnd({}),
    ],
    { verbosity: 2, diff: true },
  );
  expect(out).not.toContain('s3same');
  expect(out).toContain('exit code: 1');
});

test('with many hosts the recap has rows only for those where something happened', () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`node${index}`, recap()] as const),
  );
  const out = shown([
    runEnd({ ...many, node7: recap({ changed: 2 }), node9: recap({ failed: 1 }) }),
  ]);
  expect(out).toMatchInlineSnapshot(`
    "
    RECAP    ok  changed  skipped  failed  trips
    node7     3        2        0       0      3
    node9     3        0        0       1      3
    98 more hosts with nothing to change

    2 changed, 0 handlers, 1 failed on 100 hosts in 4.2 s
    "
  `);
});

test('batches, pending handlers, messages and handlers are told', () => {
  const events: Event[] = [
    playStart(['n1'], 2, 3),
    { event: 'handlers-pending', time: 0, host: 'n1', handlers: ['roll etcd'] },
    { event: 'message', time: 0, level: 'warning', host: 'n1', text: 'sudo lectured' },
    stepEnd(step('n1', 'restart', { handler: true }), { outcome: 'changed' }),
    playEnd(),
    runEnd({ n1: recap({ changed: 1 }) }),
  ];
  expect(shown(events)).toMatchInlineSnapshot(`
    "
    PLAY etcd (1 host, batch 2 of 3: n1)
      n1: pending handlers from an earlier run: roll etcd
    warning: n1: sudo lectured
    HANDLER etcd/restart
      n1  changed

    RECAP    ok  changed  skipped  failed  trips
    n1        3        1        0       0      3

    1 changed, 1 handler, 0 failed on 1 host in 4.2 s
    "
  `);
});
