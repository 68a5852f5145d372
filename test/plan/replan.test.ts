import { describe, expect, it } from 'vitest';
import { play } from '../../engine/dsl/declare.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { variableValidator } from '../../engine/inventory/variables/validator.ts';
import { replanPlay, type Replanning } from '../../engine/plan/replan.ts';
import { collect, inventoryOf, namesOf, refusal, threeHosts } from './inventory.ts';

const siteOn = (hosts: string) =>
  play({
    name: 'site',
    hosts,
    tasks: ({ host }) => [
      debug('plain', { message: host.name }),
      debug('tagged', { message: 'x' }, { tags: ['x'] }),
    ],
  });

/** The play as it was planned for three hosts, and again with a fourth that a step added. */
async function again(change: Partial<Replanning> = {}) {
  const inventory = await inventoryOf(
    'web:\n  hosts:\n    a:\n    b:\n    c:\nlate:\n  hosts:\n    d:\n',
  );
  const before = await threeHosts();
  const [plan] = collect(siteOn('web'), before);
  if (!plan) throw new Error('no plan');
  return replanPlay({
    plan: { ...plan, play: siteOn('web:late'), addedBy: ['add'] },
    inventory,
    variables: variableValidator(inventory),
    limit: undefined,
    files: new Set(['a', 'b', 'c']),
    selection: { tags: [], skipTags: [] },
    ...change,
  });
}

describe('a play that is planned anew when it starts', () => {
  it('has the hosts that were added, and says still which steps may add', async () => {
    const plan = await again();
    expect(plan.hosts.map(({ host }) => host)).toEqual(['a', 'b', 'c', 'd']);
    expect(plan.addedBy).toEqual(['add']);
    expect(namesOf(plan, 'd')).toEqual(['plain', 'tagged']);
  });

  it('keeps to the limit for hosts of the files, not for those that were added', async () => {
    const plan = await again({ limit: new Set(['b']) });
    expect(plan.hosts.map(({ host }) => host)).toEqual(['b', 'd']);
  });

  it('selects by tag as before', async () => {
    const plan = await again({ selection: { tags: ['x'], skipTags: [] } });
    expect(namesOf(plan, 'd')).toEqual(['tagged']);
    const rest = await again({ selection: { tags: [], skipTags: ['x'] } });
    expect(namesOf(rest, 'a')).toEqual(['plain']);
  });

  it('may name in its pattern what did not come', async () => {
    const plan = await again({
      plan: { play: siteOn('web:never'), hosts: [], order: [], isMeant: true, addedBy: ['add'] },
    });
    expect(plan.hosts).toHaveLength(3);
    const inventory = await threeHosts();
    expect(refusal(() => collect(siteOn('web:never'), inventory)).message).toContain("'never'");
  });
});
