import { expect, it } from 'vitest';
import { choose, play } from '../../../engine/dsl/declare.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { listPlays } from '../../../engine/cli/lists.ts';
import { collect, refusal, threeHosts } from '../inventory.ts';

const say = (name: string) => debug(name, { message: name });

it('lists every branch of a choice, in one order for all hosts', async () => {
  const site = play({
    name: 'site',
    hosts: 'web',
    tasks: () => [
      choose('family', (run) => run.facts.os.family, {
        debian: [say('apt')],
        default: [say('other')],
      }),
      say('after'),
    ],
  });
  const plans = collect(site, await threeHosts());
  expect(plans[0]?.order).toEqual(['site/apt', 'site/other', 'site/after', 'site/end of play']);
  expect(listPlays(plans)[0]?.tasks.map(({ name }) => name)).toEqual(['apt', 'other', 'after']);
});

it('refuses a choice without branches', async () => {
  const inventory = await threeHosts();
  const site = play({ name: 'site', hosts: 'web', tasks: () => [choose('c', () => 'x', {})] });
  expect(refusal(() => collect(site, inventory)).message).toBe("'c' has no branches");
});
