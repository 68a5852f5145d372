/** Runs of two controllers on one host: real shells, whose places for locks are the test's own. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { connectHost } from '../../../engine/shell/session/host-connection.ts';
import { hostLock } from '../../../engine/shell/host/lock.ts';
import { privatePlaces, type PrivatePlaces } from '../../shell/private-places.ts';
import { shells } from '../../shell/shells.ts';
import { fleet, type Fleet, type FleetRun, type Ran } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

let places: PrivatePlaces;
beforeAll(async () => {
  places = await privatePlaces();
});
afterAll(() => places.close());

const locks = (): readonly string[] =>
  places
    .run('ls -A /run/tsplay')
    .split('\n')
    .filter((name) => name !== '');
const folders = (): readonly string[] =>
  places
    .run('ls -A /dev/shm')
    .split('\n')
    .filter((name) => name.startsWith('.tsplay-two'));

/** Hosts that are one machine whose shell that is. */
async function hosts(names = ['a'], as: readonly string[] = ['/bin/sh']): Promise<Fleet> {
  const on = await fleet(names);
  for (const name of names) on.link(name, { shell: [...places.enter, ...as] });
  return on;
}

let runs = 0;
/** A controller's run; without a lock it is one that changes nothing. */
function run(
  on: Fleet,
  steps: () => Iterable<Step>,
  { locks: takes = true, ...options }: FleetRun & { readonly locks?: boolean } = {},
): Promise<Ran & { readonly unlocked: readonly string[] }> {
  runs += 1;
  const runId = `two-${process.pid}-${runs}`;
  const lock = takes ? hostLock(runId, `site${runs}.ts`) : undefined;
  const unlocked: string[] = [];
  const ran = on.run(playOf(steps), {
    runId,
    open: (connection, name) =>
      connectHost(connection, { runId, name, lock, onUnlocked: () => unlocked.push(name) }),
    ...options,
  });
  return ran.then((each) => ({ ...each, unlocked }));
}

/** Begun once its first step has written into the log. */
async function begun(on: Fleet, lines: number): Promise<void> {
  await expect.poll(() => logOf(on), { timeout: 10_000 }).toHaveLength(lines);
}

const failure = ({ events }: Ran): string => {
  const lost = events.find((event) => event.event === 'step-end' && event.failure !== undefined);
  const gone = events.find((event) => event.event === 'host-locked');
  return (lost?.event === 'step-end' && lost.failure?.message) || gone?.failure.message || '';
};

describe.each(shells.map((words) => [words.join(' '), words] as const))('%s', (_, words) => {
  it('a second run is told who works there, does nothing, and ends with exit code 5', async () => {
    const on = await hosts(['a'], words);
    const first = run(on, () => [append(on, 'one', 'one'), shell('long', 'sleep 2')]);
    await begun(on, 1);
    const second = await run(on, () => [append(on, 'two', 'two')]);
    expect(second.exitCode).toBe(5);
    expect(second.outcome('a', 'two')).toBe('locked');
    expect(second.recap('a')).toMatchObject({ locked: true, unreachable: false, failed: 0 });
    expect(failure(second)).toMatch(
      /^another run works on a: site\d+\.ts by \S+@\S+ since \d\d:\d\d:\d\d \(run two-\d+-\d+; its shell there is process \d+\)$/,
    );
    expect((await first).exitCode).toBe(0);
    expect(await logOf(on)).toEqual(['one']);
    expect([locks(), folders()]).toEqual([[], []]);
  });

  it('one that may wait says for whom, and works behind it', async () => {
    const on = await hosts(['a'], words);
    const first = run(on, () => [
      append(on, 'one', 'one'),
      shell('long', 'sleep 2'),
      append(on, 'end', 'end'),
    ]);
    await begun(on, 1);
    const second = await run(on, () => [append(on, 'two', 'two')], { waitLock: 60 });
    expect([second.exitCode, (await first).exitCode]).toEqual([0, 0]);
    expect(await logOf(on)).toEqual(['one', 'end', 'two']);
    const said = second.events.flatMap((event) => (event.event === 'message' ? [event.text] : []));
    expect(said).toEqual([
      expect.stringContaining('waits for its end: another run works on a: site'),
    ]);
  });

  const rounds = words[0] === '/bin/dash' ? 10 : 3;
  it(`${rounds} rounds of two at once: each time one works alone, and the host is as it wants it`, async () => {
    const on = await hosts(['a'], words);
    const files = (content: string) => () =>
      Array.from({ length: 2 }, (__, index) =>
        copy(`f${index}`, { content, dest: on.path(`f${index}`) }),
      );
    for (let round = 0; round < rounds; round += 1) {
      const names = [`x${round}`, `y${round}`];
      const ends = await Promise.all(names.map((name) => run(on, files(name))));
      const codes = ends.map(({ exitCode }) => exitCode).toSorted((one, other) => one - other);
      expect([
        [0, 0],
        [0, 5],
      ]).toContainEqual(codes);
      const now = new Set(await Promise.all([0, 1].map((index) => on.read(`f${index}`))));
      expect(now.size).toBe(1);
      const winner = ends.findIndex(({ exitCode }) => exitCode === 5);
      if (winner >= 0) expect([...now]).toEqual([names[1 - winner]]);
    }
    expect([locks(), folders()]).toEqual([[], []]);
  });
});

describe('a run', () => {
  it('does not lock itself out: two names of a machine, several sessions', async () => {
    const on = await hosts(['a', 'b', 'c']);
    const ran = await run(on, () => [append(on, 'one', 'x'), append(on, 'two', 'y')]);
    expect(ran.exitCode).toBe(0);
    expect(await logOf(on)).toHaveLength(6);
  });

  it('is known again after its connection was lost, though its old shell is still there', async () => {
    const on = await hosts();
    const link = on.link('a', { shell: [...places.enter, '/bin/sh'] });
    const ran = run(on, () => [
      append(on, 'one', 'one'),
      shell('long', 'sleep 1', { rerunnable: true }),
      append(on, 'two', 'two'),
    ]);
    await begun(on, 1);
    link.cutAfterUp = 0;
    await sleep(100);
    delete link.cutAfterUp;
    expect((await ran).exitCode).toBe(0);
    expect((await logOf(on)).at(-1)).toBe('two');
    expect(locks()).toEqual([]);
  });

  it('that changes nothing takes no lock and waits for none', async () => {
    const on = await hosts();
    const first = run(on, () => [append(on, 'one', 'one'), shell('long', 'sleep 2')]);
    await begun(on, 1);
    const asking = await run(on, () => [append(on, 'two', 'two')], { check: true, locks: false });
    expect(asking.exitCode).toBe(0);
    expect(locks()).toHaveLength(1);
    await first;
  });

  it('goes on where the host has no place for a lock, and says so', async () => {
    const on = await hosts();
    const closed = [
      'mount -o remount,ro /run/tsplay',
      // As where a user of the host took the names before us.
      'for at in /dev/shm /tmp; do ln -s /etc $at/.tsplay-locks-root; done',
    ];
    places.run(closed.join('; '));
    const ran = await run(on, () => [append(on, 'one', 'one')]);
    const left = places.run('ls -A /etc | grep -c two- || :').trim();
    places.run(
      'mount -o remount,rw /run/tsplay; rm /dev/shm/.tsplay-locks-root /tmp/.tsplay-locks-root',
    );
    expect([ran.exitCode, ran.unlocked, left]).toEqual([0, ['a'], '0']);
  });

  it('takes the next place where /run is read-only or full, and finds others in all of them', async () => {
    const on = await hosts();
    const first = run(on, () => [append(on, 'one', 'one'), shell('long', 'sleep 2')]);
    await begun(on, 1);
    places.run('mount -o remount,ro /run/tsplay');
    const second = await run(on, () => [append(on, 'two', 'two')]);
    const lonely = await first;
    const third = run(on, () => [append(on, 'three', 'three'), shell('long', 'sleep 2')]);
    await begun(on, 2);
    const fourth = await run(on, () => [append(on, 'four', 'four')]);
    const last = await third;
    places.run('mount -o remount,rw /run/tsplay; rm -f /run/tsplay/*');
    expect([lonely, second, last, fourth].map(({ exitCode }) => exitCode)).toEqual([0, 5, 0, 5]);
    expect(last.unlocked).toEqual([]);
  });
});

describe('users of a host', () => {
  const uid = 54321;
  const asUser = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '/bin/sh'];

  it("one's runs wait for root's and for their own; root's wait for nobody else's", async () => {
    const root = await hosts();
    const user = await hosts(['a'], asUser);
    const long = shell('long', 'sleep 2');
    const first = run(root, () => [append(root, 'one', 'one'), long]);
    await begun(root, 1);
    expect((await run(user, () => [shell('two', 'true')])).exitCode).toBe(5);
    await first;
    const mine = run(user, () => [long]);
    await expect
      .poll(() => places.run(`ls /dev/shm/.tsplay-locks-${uid} 2>/dev/null || :`))
      .not.toBe('');
    expect((await run(user, () => [shell('two', 'true')])).exitCode).toBe(5);
    expect((await run(root, () => [shell('three', 'true')])).exitCode).toBe(0);
    expect((await mine).exitCode).toBe(0);
  });
});

describe('what a killed run left', () => {
  /** A run whose shell on the host is killed in the middle of a step. */
  async function killed(on: Fleet, also: string): Promise<void> {
    const link = on.link('a', { shell: [...places.enter, '/bin/sh'] });
    const dying = run(on, () => [
      append(on, 'one', 'one'),
      shell('long', `echo $$ >${on.path('pid')}; exec sleep 60`),
    ]);
    await begun(on, 1);
    await expect.poll(() => existsSync(on.path('pid'))).toBe(true);
    link.refuse = 'the network is gone';
    places.run(`cd /dev/shm/.tsplay-two*; read -r watcher <watcher; read -r shell <shell
      ${also}; kill -9 "\${shell%:*}"`);
    expect((await dying).exitCode).toBe(4);
    delete link.refuse;
  }

  it('is gone with the next run at once, though the watchdog was killed too', async () => {
    const on = await hosts();
    await killed(on, 'kill -9 "${watcher%:*}"');
    expect([locks().length, folders().length]).toEqual([1, 1]);
    const next = await run(on, () => [command('nothing', { argv: ['true'], creates: '/' })]);
    expect([next.exitCode, locks(), folders()]).toEqual([0, [], []]);
    places.run(`kill $(cat ${on.path('pid')})`);
  });

  it('holds the host until its last step has been ended, and no longer', async () => {
    const on = await hosts();
    await killed(on, ':');
    const looks = `! kill -0 $(cat ${on.path('pid')})`;
    const next = await run(on, () => [shell('looks', looks)], { waitLock: 20 });
    expect(next.exitCode).toBe(0);
    expect([locks(), folders()]).toEqual([[], []]);
  });
});

it('costs no round trip, no process while nothing is in the way, and 4 KiB', async () => {
  const on = await fleet(['a']);
  const look = (): Iterable<Step> => [command('nothing', { argv: ['true'], creates: '/' })];
  const cost = async (takes: boolean) => {
    const log = on.path('processes');
    const calls = 'trace=clone,clone3,fork,vfork';
    const traced = ['strace', '-f', '-qq', '-e', calls, '-o', log, '/bin/sh'];
    on.link('a', { shell: [...places.enter, ...traced] });
    const { exitCode, counters } = await run(on, look, { locks: takes });
    expect(exitCode).toBe(0);
    const started = (await on.read('processes')).match(/(clone3?|v?fork).*= \d+$/gm) ?? [];
    return { ...counters('a'), started: started.length };
  };
  const [without, locked] = [await cost(false), await cost(true)];
  expect(locked.roundTrips).toBe(without.roundTrips);
  expect(locked.started).toBe(without.started);
  expect(locked.bytesUp - without.bytesUp).toBeLessThan(4096);
});
