/** Hosts and plays that have nothing to do are not connected, and not shown. */
import { expect, it } from 'vitest';
import { handler, play } from '../../engine/dsl/declare.ts';
import { fleet } from './harness.ts';
import { pendingIn, shell } from './steps.ts';

const startedPlays = (events: readonly { readonly event: string }[]): readonly string[] =>
  events.flatMap((event) =>
    event.event === 'play-start' ? [String((event as { play?: string }).play)] : [],
  );

it('a host without a step in any play is not connected', async () => {
  const on = await fleet(['a', 'b']);
  const ran = await on.run([
    play({ name: 'idle', hosts: 'web' }),
    play({
      name: 'one',
      hosts: 'web',
      *tasks({ host }) {
        if (host.name === 'a') yield shell('x', 'true');
      },
    }),
  ]);
  expect(startedPlays(ran.events)).toEqual(['one']);
  expect([ran.recap('a')?.changed, ran.recap('b')]).toEqual([1, undefined]);
});

it('facts are gathered of hosts without steps where a play asks for it', async () => {
  const on = await fleet(['a']);
  const ran = await on.run(play({ name: 'facts', hosts: 'web', gatherFacts: true }));
  expect(startedPlays(ran.events)).toEqual(['facts']);
  expect(ran.trips('a')).toBe(1);
});

it('what is pending on a host is served though no step is chosen there', async () => {
  const on = await fleet(['a', 'b']);
  const site = (works: boolean) => {
    const restart = handler(shell('restart', works ? 'true' : 'false'));
    return play({
      name: 'site',
      hosts: 'web',
      *tasks({ host }) {
        if (host.name === 'a') yield shell('change', 'true', { notify: restart, tags: ['change'] });
        else yield shell('other', 'true', { tags: ['other'] });
      },
    });
  };
  expect((await on.run(site(false), { tags: ['change'] })).exitCode).toBe(2);
  expect(await pendingIn(on)).toEqual(['a site/restart']);
  const served = await on.run(site(true), { tags: ['other'] });
  expect(served.outcome('a', 'restart')).toBe('changed');
  expect(await pendingIn(on)).toEqual([]);
});

it('a run in which no step is chosen says so', async () => {
  const on = await fleet(['a']);
  const ran = await on.run(play({ name: 'idle', hosts: 'web' }));
  const warnings = ran.events.flatMap((event) =>
    event.event === 'message' && event.level === 'warning' ? [event.text] : [],
  );
  expect([ran.exitCode, warnings]).toEqual([0, ['no step is chosen for any host']]);
});
