/** What of a playbook a part runs, what it leaves, and what is refused. */
import { describe, expect, it } from 'vitest';
import { play, playbook } from '../../../engine/dsl/declare.ts';
import type { Play } from '../../../engine/dsl/play.ts';
import { UsageError } from '../../../engine/errors.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { sharePlays, type Shared, type SharedPlays } from '../../../engine/plan/shard/share.ts';
import { collect, inventoryOf } from '../inventory.ts';

const names = Array.from({ length: 12 }, (_, index) => `web${index + 1}`);
const twelve = (further = '') =>
  inventoryOf(
    `web:\n  hosts:\n${[...names, ...(further ? [further] : [])].map((name) => `    ${name}:\n`).join('')}`,
  );

const say = (name: string) => debug(name, { message: name });
const safe = (name: string): Play => play({ name, hosts: 'web', tasks: () => [say('say')] });
const once = (name: string): Play =>
  play({ name, hosts: 'web', tasks: () => [debug('init', { message: '' }, { runOnce: true })] });

async function shared(
  plays: readonly Play[],
  which: SharedPlays,
  part?: number,
  further?: string,
): Promise<Shared> {
  const inventory = await twelve(further);
  return sharePlays(collect(playbook([...plays]), inventory), {
    names: inventory.hosts.map(({ name }) => name),
    part: part === undefined ? undefined : { part, parts: 3 },
    plays: which,
    controllers: new Set(['localhost']),
  });
}

const hostsOf = ({ plans }: Shared): readonly string[] =>
  plans.flatMap(({ hosts }) => hosts.map(({ host }) => host));
const playsOf = ({ plans }: Shared): readonly string[] => plans.map(({ play: { name } }) => name);

describe('the parts of a play', () => {
  it('are all of its hosts, each in one part', async () => {
    const parts = await Promise.all([1, 2, 3].map((part) => shared([safe('p')], 'all', part)));
    expect(parts.flatMap(hostsOf).toSorted()).toEqual(names.toSorted());
    for (const part of parts) expect(hostsOf(part).length).toBeGreaterThan(0);
  });

  it('do not depend on --limit', async () => {
    const inventory = await twelve();
    const names = inventory.hosts.map(({ name }) => name);
    const how = { part: { part: 1, parts: 3 }, names, controllers: new Set<string>() };
    const [plan] = collect(safe('p'), inventory);
    if (!plan) throw new Error('no plan');
    const all = hostsOf(sharePlays([plan], { ...how, plays: 'all' }));
    const limited = { ...plan, hosts: plan.hosts.slice(0, 5) };
    const some = hostsOf(sharePlays([limited], { ...how, plays: 'all' }));
    expect(some).toEqual(all.filter((host) => names.slice(0, 5).includes(host)));
  });

  it('are known to be of one whole, and of no other', async () => {
    const one = await shared([safe('p')], 'all', 1);
    const two = await shared([safe('p')], 'all', 2);
    expect(two.whole).toBe(one.whole);
    expect((await shared([safe('p')], 'all', 1, 'web99')).whole).not.toBe(one.whole);
    expect((await shared([safe('q')], 'all', 1)).whole).not.toBe(one.whole);
  });

  it('know the hosts of the others, which they may not ask', async () => {
    const part = await shared([safe('p')], 'all', 1);
    expect([...part.others, ...part.hosts].toSorted()).toEqual(names.toSorted());
  });
});

describe('where a play needs all hosts together', () => {
  const plays = [safe('base'), once('cluster'), safe('apps')];

  it('a part is refused, with the play, the reason and the place', async () => {
    const error = await shared(plays, 'all', 1).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    const { message, at, hint } = error as UsageError;
    expect(message).toBe("play 'cluster' needs all hosts together: 'init' has runOnce");
    expect(at?.file).toMatch(/share\.test\.ts$/);
    expect(hint).toContain('--shard-plays safe');
  });

  it('the safe plays are those before it: one behind it does not run before it', async () => {
    const part = await shared(plays, 'safe', 1);
    expect(playsOf(part)).toEqual(['base']);
    expect(part.left).toEqual(['cluster', 'apps']);
  });

  it('the rest is that play and all behind it, for all hosts', async () => {
    const rest = await shared(plays, 'rest');
    expect(playsOf(rest)).toEqual(['cluster', 'apps']);
    expect(hostsOf(rest)).toEqual([...names, ...names]);
    expect(rest.whole).toBe((await shared(plays, 'safe', 2)).whole);
  });

  it('a play whose result a later one reads is left with that one', async () => {
    const asked = query('ask', { argv: ['true'] });
    const asking = play({ name: 'asking', hosts: 'web', tasks: () => [asked] });
    const reading = play({
      name: 'reading',
      hosts: 'web',
      tasks: () => [debug('told', { message: (run) => run.result(asked).stdout })],
    });
    const part = await shared([safe('base'), asking, once('cluster'), reading], 'safe', 1);
    expect(playsOf(part)).toEqual(['base']);
    expect(part.left).toEqual(['asking', 'cluster', 'reading']);
  });

  it('and it is the first, there is nothing for parts to do', async () => {
    await expect(shared([once('cluster'), safe('apps')], 'safe', 1)).rejects.toThrow(
      "no play stands before the first that needs all hosts: play 'cluster' needs all hosts together: 'init' has runOnce",
    );
  });
});

it('there is no rest where no play needs all hosts', async () => {
  await expect(shared([safe('p')], 'rest')).rejects.toThrow('there is no rest');
});

it('a play in which nobody has anything to do is left out', async () => {
  const idle = play({ name: 'idle', hosts: 'web', serial: 1 });
  const part = await shared([safe('p'), idle], 'all', 1);
  expect(part.plans.find(({ play: { name } }) => name === 'idle')?.hosts).toEqual([]);
});
