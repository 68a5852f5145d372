/** A role as a step: what a playbook passes to it, its tags, and which hosts have it. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { block, handler, play, role } from '../../engine/dsl/declare.ts';
import type { Context, Step } from '../../engine/dsl/task.ts';
import { listPlays, listText } from '../../engine/cli/lists.ts';
import type { PlayError } from '../../engine/errors.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { tasksOf, type TaskNode } from '../../engine/plan/nodes.ts';
import { collect, namesOf, refusal, threeHosts } from './inventory.ts';

const say = (name: string) => debug(name, { message: name });

const motd = role({
  name: 'motd',
  vars: z.strictObject({ motdText: z.string().default('hi') }),
  *tasks({ vars }) {
    yield say(vars.motdText);
  },
});

const playOf = (tasks: (context: Context<unknown>) => Iterable<Step>) =>
  play({ name: 'site', hosts: 'web', tasks });

async function stepsOf(
  tasks: (context: Context<unknown>) => Iterable<Step>,
  host = 'a',
): Promise<readonly TaskNode[]> {
  const [plan] = collect(playOf(tasks), await threeHosts());
  return [...tasksOf(plan?.hosts.find((each) => each.host === host)?.nodes ?? [])];
}

describe('a role', () => {
  it('is a step as it is, and with what is passed to it', async () => {
    const steps = await stepsOf(function* () {
      yield motd;
      yield motd({ motdText: 'again' }, { as: 'second' });
    });
    expect(steps.map(({ id }) => id)).toEqual(['site/motd/hi', 'site/second/again']);
  });

  it('is a step of a block, whose options its steps have', async () => {
    const steps = await stepsOf(() => [
      block('once', { tasks: [motd] }, { runOnce: true, tags: ['early'] }),
    ]);
    expect(steps).toMatchObject([
      { id: 'site/motd/hi', options: { runOnce: true, tags: ['early', 'motd'] } },
    ]);
  });

  it('is a step of another role, with its own part of the ids', async () => {
    const web = role({ name: 'web', vars: z.strictObject({}), tasks: () => [say('x'), motd] });
    const steps = await stepsOf(() => [web]);
    expect(steps.map(({ id }) => id)).toEqual(['site/web/x', 'site/motd/hi']);
  });

  it('lets blocks around it notify for its steps', async () => {
    const [step] = await stepsOf(function* () {
      const restart = handler(say('restart'));
      yield block('with a handler', { tasks: [motd] }, { notify: restart });
    });
    expect(step?.notify).toEqual(['site/restart']);
  });

  it('that was given something and is never yielded is told, also behind on()', async () => {
    const inventory = await threeHosts();
    const forgotten = playOf(() => {
      motd({ motdText: 'lost' });
      return [];
    });
    expect(refusal(() => collect(forgotten, inventory)).message).toBe(
      "role 'motd' was created but never yielded",
    );
    const kept = playOf(() => [motd({ motdText: 'kept' }).on('a')]);
    expect(namesOf(collect(kept, inventory)[0])).toEqual(['kept']);
  });
});

describe('tags of a role', () => {
  const tagsOf = async (step: Step) => (await stepsOf(() => [step]))[0]?.options.tags;
  const empty = z.strictObject({});

  it('are its name', async () => {
    expect(await tagsOf(motd)).toEqual(['motd']);
    expect(await tagsOf(motd({}, { as: 'other' }))).toEqual(['motd']);
  });

  it('are what the role says of itself, or the playbook, which wins', async () => {
    const docker = role({
      name: 'docker',
      tags: ['runtime'],
      vars: empty,
      tasks: () => [say('x')],
    });
    expect(await tagsOf(docker)).toEqual(['runtime']);
    expect(await tagsOf(docker({}, { tags: ['boxes'] }))).toEqual(['boxes']);
    expect(await tagsOf(docker({}, { tags: [] }))).toEqual([]);
  });
});

describe('a role on some hosts of a play', () => {
  it('has its steps there alone, and needs its variables there alone', async () => {
    const named = role({
      name: 'named',
      vars: z.strictObject({ extra: z.boolean() }),
      tasks: () => [say('x')],
    });
    const [plan] = collect(
      playOf(() => [named.on('b')]),
      await threeHosts(),
    );
    expect(plan?.hosts.map(({ host }) => namesOf(plan, host))).toEqual([[], ['x'], []]);
  });

  it('takes the patterns of a play: groups that may be absent, exclusions', async () => {
    const inventory = await threeHosts();
    const [plan] = collect(
      playOf(() => [motd.on('nowhere?'), motd({ motdText: 'some' }, { as: 's' }).on('web:!b')]),
      inventory,
    );
    expect(plan?.hosts.map(({ host }) => namesOf(plan, host))).toEqual([['some'], [], ['some']]);
  });

  it('of a group that is not there is told where it was written', async () => {
    const inventory = await threeHosts();
    const error = refusal(() =>
      collect(
        playOf(() => [motd.on('wbe')]),
        inventory,
      ),
    ) as PlayError;
    expect(error.message).toContain("no host or group 'wbe'");
    expect(error.at?.file).toMatch(/roles\.test\.ts$/);
  });

  it('is shown by --list-tasks', async () => {
    const plans = collect(
      playOf(() => [motd.on('b'), motd({}, { as: 'all' }).on('web')]),
      await threeHosts(),
    );
    const text = listText('site.ts', listPlays(plans), { hosts: false, tasks: true, tags: false });
    expect(text).toContain('motd : hi  [motd]  (on b: b)');
    expect(text).toContain('all : hi  [motd]  (on web)');
  });
});
