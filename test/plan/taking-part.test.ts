/** Which hosts and plays a run lists: those that have something to do. */
import { expect, it } from 'vitest';
import { listPlays } from '../../engine/cli/lists.ts';
import { play } from '../../engine/dsl/declare.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { collect, threeHosts } from './inventory.ts';

const say = (name: string) => debug(name, { message: name });

it('a host without a step is not listed', async () => {
  const site = play({
    name: 'site',
    hosts: 'web',
    *tasks({ host }) {
      if (host.name !== 'a') yield say('x');
    },
  });
  const [listed] = listPlays(collect(site, await threeHosts()));
  expect(listed?.hosts).not.toContain('a');
  expect(listed?.tasks.map(({ hosts }) => hosts)).toEqual([listed?.hosts]);
});

it('a play without steps is not listed, unless it asks for facts', async () => {
  const inventory = await threeHosts();
  const idle = play({ name: 'idle', hosts: 'web' });
  const asking = play({ name: 'asking', hosts: 'web', gatherFacts: true });
  expect(listPlays(collect(idle, inventory))).toEqual([]);
  expect(listPlays(collect(asking, inventory)).map((listed) => listed.play)).toEqual(['asking']);
});

it('a play is for the inventories that it applies to', async () => {
  const inventory = await threeHosts();
  const needs = (group: string) =>
    play({
      name: group,
      hosts: 'web',
      applies: (view) => view.has(group),
      tasks: () => [say('x')],
    });
  expect(listPlays(collect(needs('db'), inventory))).toEqual([]);
  expect(listPlays(collect(needs('web'), inventory))).toHaveLength(1);
});
