import { describe, expect, it } from 'vitest';
import { block, choose, each, handler, play } from '../../../engine/dsl/declare.ts';
import { PlaybookError } from '../../../engine/errors.ts';
import { tasksOf } from '../../../engine/plan/nodes.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { listPlays } from '../../../engine/cli/lists.ts';
import { collect, namesOf, refusal, threeHosts } from '../inventory.ts';

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

const bySystem = (value: string) =>
  play({
    name: 'site',
    hosts: 'web',
    *tasks() {
      const restart = handler(debug('restart', { message: '' }));
      yield choose('system', value, {
        one: [say('first'), say('second')],
        two: [
          block('unused', { tasks: [say('third')], rescue: [say('rescue')] }, { notify: restart }),
          choose('inner', (run) => run.host, { a: [say('inner')] }),
          each(
            'items',
            () => ['x'],
            () => [],
            { notify: restart },
          ),
        ],
        three: (function* () {
          yield say('never made');
        })(),
      });
    },
  });

describe('a choice by a plain value', () => {
  it('collects and lists its branch alone, the first in one and the rest as if they were not there', async () => {
    const inventory = await threeHosts();
    const chosen = (value: string) =>
      listPlays(collect(bySystem(value), inventory))[0]?.tasks.map(({ name }) => name);
    expect(chosen('one')).toEqual(['first', 'second']);
    expect(chosen('two')).toEqual(['third', 'rescue', 'inner', 'items']);
    expect(chosen('three')).toEqual(['never made']);
  });

  it('gives its steps no condition, so that they are read ahead like any other', async () => {
    const [plan] = collect(bySystem('one'), await threeHosts());
    const [node] = tasksOf(plan?.hosts[0]?.nodes ?? []);
    expect(node?.options.when).toEqual([]);
  });

  it('made once for all hosts, gives each of them its steps', async () => {
    const shared = choose('shared', 'one', {
      one: (function* () {
        yield say('of all');
      })(),
    });
    const site = play({ name: 'site', hosts: 'web', tasks: () => [shared] });
    const [plan] = collect(site, await threeHosts());
    expect(plan?.hosts.map(({ host }) => namesOf(plan, host))).toEqual([
      ['of all'],
      ['of all'],
      ['of all'],
    ]);
  });

  it('takes the default branch for any other value', async () => {
    const site = play({
      name: 'site',
      hosts: 'web',
      tasks: () => [choose('c', 'other', { one: [say('one')], default: [say('rest')] })],
    });
    expect(collect(site, await threeHosts())[0]?.order).toEqual(['site/rest', 'site/end of play']);
  });

  it.each([
    ['twoo', "'system' has no branch 'twoo', did you mean 'two'?"],
    ['constructor', "'system' has no branch 'constructor'"],
  ])('refuses %s, which is no branch, with its place and the branches', async (value, message) => {
    const inventory = await threeHosts();
    const error = refusal(() => collect(bySystem(value), inventory));
    expect(error.message).toBe(message);
    if (!(error instanceof PlaybookError)) throw error;
    expect(error.hint).toBe('its branches are one, two, three; default catches the rest');
    expect(error.at?.file).toContain('choose.test.ts');
  });
});
