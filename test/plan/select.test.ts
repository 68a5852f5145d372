import { describe, expect, it } from 'vitest';
import { play, playbook } from '../../engine/dsl/declare.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { selectSteps } from '../../engine/plan/select.ts';
import { collect, namesOf, refusal, threeHosts } from './inventory.ts';

const tagged = (name: string, ...tags: string[]) => debug(name, { message: name }, { tags });
const site = play({
  name: 'site',
  hosts: 'a',
  tasks: () => [
    tagged('plain'),
    tagged('a', 'a'),
    tagged('b', 'b'),
    tagged('always', 'always'),
    tagged('never', 'never', 'x'),
    tagged('never only', 'never'),
  ],
});

async function selected(tags: string[], skipTags: string[] = [], startAtTask?: string) {
  const plans = selectSteps(collect(site, await threeHosts()), { tags, skipTags, startAtTask });
  return namesOf(plans[0]);
}

describe('selecting by tag, as ansible-playbook does', () => {
  it.each([
    [[], [], ['plain', 'a', 'b', 'always']],
    [['a'], [], ['a', 'always']],
    [['x'], [], ['always', 'never']],
    [['tagged'], [], ['a', 'b', 'always']],
    [['untagged'], [], ['plain', 'always']],
    [['all', 'x'], [], ['plain', 'a', 'b', 'always', 'never']],
    [[], ['a'], ['plain', 'b', 'always']],
    [['a', 'b'], ['b'], ['a', 'always']],
    [[], ['tagged'], ['plain']],
    [[], ['all'], ['always']],
    [[], ['untagged'], ['a', 'b', 'always']],
    [['all', 'a'], [], ['plain', 'a', 'b', 'always']],
    [['never'], [], ['always', 'never', 'never only']],
    [['never'], ['tagged'], ['never only']],
    [['never'], ['x'], ['always', 'never only']],
  ])('--tags %j --skip-tags %j selects %j', async (tags, skip, names) => {
    expect(await selected(tags, skip)).toEqual(names);
  });

  it('refuses a tag that no task has and names the nearest', async () => {
    const plans = collect(site, await threeHosts());
    const error = refusal(() =>
      selectSteps(plans, { tags: ['alwys'], skipTags: [], startAtTask: undefined }),
    );
    expect(error.message).toBe("no task has the tag 'alwys', did you mean 'always'?");
  });
});

describe('starting at a task', () => {
  it('leaves out what stands before it', async () => {
    expect(await selected([], [], 'b')).toEqual(['b', 'always']);
  });

  it('finds it by its id and by a pattern too, the first of several', async () => {
    expect(await selected([], [], 'site/b')).toEqual(['b', 'always']);
    expect(await selected([], [], '*a*')).toEqual(['plain', 'a', 'b', 'always']);
    expect(await selected([], [], 'al*')).toEqual(['always']);
    await expect(selected([], [], 'lway*')).rejects.toThrow("no task is named 'lway*'");
  });

  it('leaves out the plays before it whole, and nothing behind it', async () => {
    const plays = ['one', 'two', 'three'].map((name) =>
      play({ name, hosts: 'a', tasks: () => [tagged(`${name} a`), tagged(`${name} b`)] }),
    );
    const plans = selectSteps(collect(playbook(plays), await threeHosts()), {
      tags: [],
      skipTags: [],
      startAtTask: 'two b',
    });
    expect(plans.map((plan) => namesOf(plan))).toEqual([[], ['two b'], ['three a', 'three b']]);
  });

  it('refuses a task that does not exist', async () => {
    await expect(selected([], [], 'alwys')).rejects.toThrow("did you mean 'always'?");
  });
});
