/** In check, steps as users whom, or whose rights, only earlier steps make. */
import { describe, expect, it } from 'vitest';
import { block, play } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { authorizedKey } from '../../../engine/modules/accounts/authorized-key/index.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { user } from '../../../engine/modules/accounts/user/index.ts';
import { fleet } from '../harness.ts';
import { playOf } from '../steps.ts';

async function checked(steps: () => Iterable<Step>) {
  const on = await fleet(['a']);
  return (await on.run(playOf(steps), { check: true })).ends.map(
    ({ outcome, because, failure }) => `${outcome} ${failure?.message ?? because ?? ''}`,
  );
}

const guarded = () =>
  command('as nb', { argv: ['touch', '/tmp/x'], creates: '/tmp/x' }, { become: 'nb' });

describe('a user whom an earlier step makes', () => {
  it('makes steps as that user unknown', async () => {
    const ended = await checked(() => [user('nb', { name: 'nb' }), guarded()]);
    expect(ended).toEqual(['changed ', "unknown 'nb'"]);
  });

  it('makes a block and a play as that user unknown', async () => {
    const on = await fleet(['a']);
    const plays = [
      playOf(() => [
        user('nb', { name: 'nb' }),
        block(
          'b',
          { tasks: [copy('in a block', { dest: '/srv/x', content: 'x' })] },
          { become: 'nb' },
        ),
      ]),
      play({
        name: 'theirs',
        hosts: 'web',
        become: 'nb',
        tasks: () => [copy('in a play', { dest: '/srv/y', content: 'y' })],
      }),
    ];
    const ran = await on.run(plays, { check: true });
    expect(ran.lines).toEqual(['a nb: changed', 'a in a block: unknown', 'a in a play: unknown']);
  });

  it('has a home that nobody knows yet', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1jVGNmsSDjFn5jDJ2lJZ8rJXaJ3Yq0xW8vJ0Qv4lLr';
    const ended = await checked(() => [
      user('nb', { name: 'nb' }),
      authorizedKey('key', { user: 'nb', key }),
    ]);
    expect(ended).toEqual(['changed ', "unknown 'nb'"]);
  });
});

it('rules of sudo that an earlier step writes make steps unknown that are refused without them', async () => {
  const ended = await checked(() => [
    copy('rules', { dest: '/etc/sudoers.d/nb', content: 'x' }),
    guarded(),
  ]);
  expect(ended).toEqual(['changed ', "unknown 'rules'"]);
});

it('a user whom an earlier step removes fails', async () => {
  const ended = await checked(() => [
    user('away', { name: 'games', state: 'absent' }),
    copy('as games', { dest: '/tmp/x', content: 'x' }, { become: 'games' }),
  ]);
  expect(ended).toEqual(['changed ', "failed there is no user games any more: 'away' removes it"]);
});

it('a user whom nothing planned is about fails as before', async () => {
  const ended = await checked(() => [copy('rules', { dest: '/srv/x', content: 'x' }), guarded()]);
  expect(ended[1]).toMatch(/^failed cannot become nb/);
});
