import { describe, expect, it } from 'vitest';
import { play, playbook } from '../../engine/dsl/declare.ts';
import type { Play } from '../../engine/dsl/play.ts';
import { listPlays, listText } from '../../engine/cli/lists.ts';
import { addHost } from '../../engine/modules/control/add-host.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { groupBy } from '../../engine/modules/control/group-by.ts';
import { selectSteps } from '../../engine/plan/select.ts';
import { collect, refusal, threeHosts } from './inventory.ts';

const second = (hosts: string): Play =>
  play({
    name: 'second',
    hosts,
    tasks: () => [debug('shown', { message: 'x' }, { tags: ['late'] })],
  });

const adding = (...steps: (() => ReturnType<typeof addHost | typeof groupBy>)[]): Play =>
  play({ name: 'first', hosts: 'web', tasks: () => steps.map((step) => step()) });

describe('a pattern of a later play', () => {
  it('may name what a step of an earlier play adds', async () => {
    const plays = [
      adding(() => addHost('add', { name: 'new', groups: ['late'] })),
      second('a:new:late:&all'),
    ];
    const [, later] = collect(playbook(plays), await threeHosts());
    expect(later?.hosts.map(({ host }) => host)).toEqual(['a']);
    expect(later?.addedBy).toEqual(['add']);
  });

  it('may be anything where the step says only in the run what it adds', async () => {
    const plays = [adding(() => groupBy('by', { key: (run) => run.facts.os.id })), second('os_*')];
    expect(collect(playbook(plays), await threeHosts())[1]?.hosts).toEqual([]);
  });

  it('is refused where no step adds that name', async () => {
    const plays = [adding(() => addHost('add', { name: 'new' })), second('news')];
    const inventory = await threeHosts();
    expect(refusal(() => collect(playbook(plays), inventory)).message).toMatch(
      /no host or group 'news'/,
    );
  });
});

describe('lists', () => {
  it('say which hosts and tasks are known only when the play starts', async () => {
    const plays = [adding(() => addHost('add', { name: 'new' })), second('new')];
    const plans = collect(playbook(plays), await threeHosts());
    const text = listText('site.ts', listPlays(plans), { hosts: true, tasks: true, tags: false });
    expect(text.split('\n').slice(-4)).toEqual([
      '  play #2 (new): second',
      '    hosts (0):',
      '    tasks:',
      "    hosts may be added when it starts, by 'add'; its tasks are known then",
    ]);
  });
});

describe('--tags', () => {
  it('may name a tag that only tasks of hosts to come have', async () => {
    const plays = [adding(() => addHost('add', { name: 'new' })), second('new')];
    const plans = collect(playbook(plays), await threeHosts());
    const selection = { tags: ['late'], skipTags: [], startAtTask: undefined };
    expect(() => selectSteps(plans, selection)).not.toThrow();
  });
});
