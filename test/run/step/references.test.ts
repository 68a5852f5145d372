/** What a step names without changing it is looked up with its reads: check fails where the run would. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { same } from '../../../engine/module/plan.ts';
import { userReference } from '../../../engine/modules/shared/account-references.ts';
import { authorizedKey } from '../../../engine/modules/accounts/authorized-key/index.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { cron } from '../../../engine/modules/services/cron/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { group } from '../../../engine/modules/accounts/group.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { mirror } from '../../../engine/modules/files/mirror/index.ts';
import { tmpfiles } from '../../../engine/modules/services/tmpfiles.ts';
import { user } from '../../../engine/modules/accounts/user/index.ts';
import { fleet, type Fleet } from '../harness.ts';
import { playOf } from '../steps.ts';

const key = `ssh-ed25519 ${Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 32]),
  Buffer.alloc(32),
]).toString('base64')}`;

const outcomes = async (on: Fleet, steps: () => Iterable<Step>, check: boolean) =>
  (await on.run(playOf(steps), { check })).ends.map(({ outcome, failure }) =>
    failure === undefined ? outcome : `${outcome}: ${failure.message} (${failure.hint ?? ''})`,
  );

/** Check and run must end alike. */
async function bothEnd(on: Fleet, step: () => Step, message: RegExp): Promise<void> {
  for (const check of [true, false]) {
    expect(await outcomes(on, () => [step()], check)).toEqual([expect.stringMatching(message)]);
  }
}

describe('an account that is not there fails check and run', () => {
  const owner = 'nobodyhere';
  const refused = /^failed: there is no user nobodyhere \(.*make it first: user\(/;

  it.each<[string, (path: string) => Step]>([
    ['copy', (path) => copy('x', { dest: path, content: 'x', owner })],
    ['file', (path) => file('x', { path, state: 'directory', owner })],
    ['lineInFile', (path) => lineInFile('x', { path, line: 'x', create: true, owner })],
    [
      'tmpfiles',
      (path) => tmpfiles('x', { name: 'x', entries: [{ type: 'd', path, user: owner }] }),
    ],
    ['cron', () => cron('x', { name: 'x', job: 'true', user: owner })],
    ['cron in a file', () => cron('x', { name: 'x', file: 'play-uni', user: owner, job: 'true' })],
    ['authorizedKey', () => authorizedKey('x', { user: owner, key })],
  ])('as owner or user of %s', async (_module, step) => {
    const on = await fleet(['a']);
    await bothEnd(on, () => step(on.path('x')), /^failed: there is no user nobodyhere/);
    await expect(access(on.path('x'))).rejects.toThrow();
    await expect(access('/etc/cron.d/play-uni')).rejects.toThrow();
  });

  it('as owner of a folder that is mirrored', async () => {
    const on = await fleet(['a']);
    await mkdir(on.path('src'));
    await writeFile(on.path('src', 'f'), 'x');
    const step = () => mirror('x', { src: on.path('src'), dest: on.path('to'), owner });
    await bothEnd(on, step, refused);
  });

  it('as group', async () => {
    const on = await fleet(['a']);
    const step = () => copy('x', { dest: on.path('x'), content: 'x', group: 'nogroup1' });
    await bothEnd(on, step, /^failed: there is no group nogroup1 \(/);
  });

  it('as further group of a user', async () => {
    const on = await fleet(['a']);
    const step = () => user('x', { name: 'nobody', groups: ['nogroup1'], append: true });
    await bothEnd(on, step, /^failed: there is no group nogroup1 \(/);
  });
});

describe('a number that somebody has fails check and run', () => {
  it('as uid', async () => {
    const on = await fleet(['a']);
    const step = () => user('x', { name: 'play-new', uid: 0 });
    await bothEnd(on, step, /^failed: root has the number 0 \(give play-new another one\)/);
  });

  it('as gid', async () => {
    const on = await fleet(['a']);
    const step = () => group('x', { name: 'play-new', gid: 0 });
    await bothEnd(on, step, /^failed: root has the number 0 \(give play-new another one\)/);
  });

  it('unless it is the one that is asked about', async () => {
    const on = await fleet(['a']);
    expect(await outcomes(on, () => [user('x', { name: 'root', uid: 0 })], true)).toEqual(['ok']);
  });
});

it('the primary group of a user is not removed', async () => {
  const on = await fleet(['a']);
  const step = () => group('x', { name: 'root', state: 'absent' });
  await bothEnd(on, step, /^failed: root is the primary group of \w+ \(give \w+ another group/);
});

it('a link does not replace a folder that is not empty', async () => {
  const on = await fleet(['a']);
  await mkdir(on.path('full', 'inside'), { recursive: true });
  const step = () => file('x', { path: on.path('full'), state: 'link', src: '/tmp', force: true });
  await bothEnd(on, step, /^failed: .*full is a folder that is not empty \(remove it first/);
});

it('a link replaces an empty folder', async () => {
  const on = await fleet(['a']);
  await mkdir(on.path('empty'));
  const step = () => file('x', { path: on.path('empty'), state: 'link', src: '/tmp', force: true });
  expect(await outcomes(on, () => [step()], false)).toEqual(['changed']);
});

describe('in check, accounts that earlier steps make or take away are known', () => {
  function* made(on: Fleet): Generator<Step> {
    yield group('crew', { name: 'play-crew', gid: 64_321 });
    yield user('new', { name: 'play-new', uid: 64_321, groups: ['play-crew'] });
    yield copy('file', { dest: on.path('x'), content: 'x', owner: 'play-new', group: 'play-crew' });
    yield cron('job', { name: 'x', file: 'play-uni', job: 'true', user: 'play-new' });
  }

  it('so that what they own is planned', async () => {
    const on = await fleet(['a']);
    await mkdir('/etc/cron.d', { recursive: true });
    const ended = await outcomes(on, () => made(on), true);
    expect(ended).toEqual(['changed', 'changed', 'changed', 'changed']);
  });

  it('so that their numbers are taken', async () => {
    const on = await fleet(['a']);
    function* twice(): Generator<Step> {
      yield user('new', { name: 'play-new', uid: 64_321 });
      yield user('other', { name: 'play-other', uid: 64_321 });
    }
    const [, other] = await outcomes(on, twice, true);
    expect(other).toMatch(/^failed: play-new has the number 64321/);
  });

  it('so that nothing is given to who is gone', async () => {
    const on = await fleet(['a']);
    function* away(): Generator<Step> {
      yield user('away', { name: 'games', state: 'absent' });
      yield copy('file', { dest: on.path('x'), content: 'x', owner: 'games' });
    }
    const [, owned] = await outcomes(on, away, true);
    expect(owned).toMatch(/^failed: there is no user games/);
  });
});

it('asks in the same read batch', async () => {
  const on = await fleet(['a']);
  const play = playOf(() => [
    copy('one', { dest: on.path('1'), content: 'x', owner: 'nobody' }),
    copy('two', { dest: on.path('2'), content: 'x', owner: 'nobody', group: 'nogroup' }),
  ]);
  const first = await on.run(play);
  expect(first.trips('a')).toBe(3);
  const again = await on.run(play);
  expect(again.trips('a')).toBe(1);
  expect(again.ends.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
});

describe('what a name stands for', () => {
  /** Tells what its plan was given. */
  const told = defineModule({
    name: 'told',
    summary: 'Tells an account.',
    args: z.strictObject({ account: z.union([z.string(), z.number()]) }),
    example: `told('x', { account: 'root' })`,
    onlyAsks: true,
    reads: () => ({}),
    refers: ({ account }) => ({ account: userReference(String(account)) }),
    named: (want, { account }) => ({ ...want, account: (account as { id: number }).id }),
    plan: ({ account }) => same({ account }),
  });

  it.each([true, false])('is planned with in place of the name (check: %s)', async (check) => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [told('x', { account: 'daemon' })]),
      { check },
    );
    expect(ran.end('a', 'x').result).toMatchObject({ account: 1 });
  });
});
