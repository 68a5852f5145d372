import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { block, choose, handler, play, role } from '../../engine/dsl/declare.ts';
import { ManyErrors, type PlayError } from '../../engine/errors.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import type { Context, Step } from '../../engine/dsl/task.ts';
import { collect, inventoryOf, namesOf, refusal, threeHosts } from './inventory.ts';

const vars = z.strictObject({});
const say = (name: string) => debug(name, { message: name });

const playOf = (tasks: (context: Context<unknown>) => Iterable<Step>) =>
  play({ name: 'site', hosts: 'web', tasks });

describe('collecting a play', () => {
  it('gives every host its own steps, with ids of play, role and name', async () => {
    const motd = role({
      name: 'motd',
      vars,
      *tasks({ host }) {
        yield say('first');
        if (host.name === 'b') yield say('only on b');
      },
    });
    const [plan] = collect(play({ name: 'site', hosts: 'web', roles: [motd] }), await threeHosts());
    expect(namesOf(plan, 'a')).toEqual(['first']);
    expect(namesOf(plan, 'b')).toEqual(['first', 'only on b']);
    expect(plan?.order).toEqual(['site/motd/first', 'site/motd/only on b', 'site/end of play']);
  });

  it('runs preTasks before roles and tasks after them', async () => {
    const one = role({ name: 'one', vars, tasks: () => [say('in the role')] });
    const site = play({
      name: 'site',
      hosts: 'a',
      preTasks: () => [say('before')],
      roles: [one],
      tasks: () => [say('after')],
    });
    const [plan] = collect(site, await threeHosts());
    expect(namesOf(plan)).toEqual(['before', 'in the role', 'after']);
  });

  it('refuses a name that is used twice in a role and tells both places', async () => {
    const inventory = await threeHosts();
    const site = playOf(function* () {
      yield say('same');
      yield say('same');
    });
    const error = refusal(() => collect(site, inventory));
    expect(error.message).toMatch(/'same' is declared twice \(first at .*collect\.test\.ts:\d+/);
    expect((error as PlayError).at?.file).toMatch(/collect\.test\.ts$/);
  });

  it('refuses a task that was created and never yielded, at its place', async () => {
    const inventory = await threeHosts();
    const site = playOf(function* () {
      say('forgotten');
      yield say('kept');
    });
    const error = refusal(() => collect(site, inventory));
    expect(error.message).toBe("task 'forgotten' was created but never yielded");
    expect((error as PlayError).at?.file).toMatch(/collect\.test\.ts$/);
  });

  it('lets a handler, a block and a choice use a task', async () => {
    const site = playOf(function* () {
      const restart = handler(command('restart', { argv: ['true'] }));
      yield block('both', { tasks: [say('in block')] }, { tags: ['x'] });
      yield choose('by family', (run) => run.facts.os.family, {
        debian: [say('apt')],
        redhat: [say('yum')],
      });
      yield command('change', { argv: ['true'] }, { notify: restart });
    });
    const [plan] = collect(site, await threeHosts());
    expect(namesOf(plan)).toEqual(['in block', 'apt', 'yum', 'change']);
    expect(plan?.hosts[0]?.handlers.map((each) => each.id)).toEqual(['site/restart']);
  });

  it('refuses arguments that the schema refuses, before anything connects', async () => {
    const inventory = await threeHosts();
    const args = { argv: 'not a list' } as unknown as { argv: string[] };
    const site = playOf(() => [command('bad', args)]);
    expect(refusal(() => collect(site, inventory)).message).toMatch(
      /command 'bad': argv: .*expected array/,
    );
  });

  it('names an unknown argument and what it may have been', async () => {
    const inventory = await threeHosts();
    const args = { argv: ['true'], create: '/x' } as unknown as { argv: string[] };
    const site = playOf(() => [command('bad', args)]);
    expect(refusal(() => collect(site, inventory)).message).toContain(
      "unknown argument 'create', did you mean 'creates'?",
    );
  });

  it('names all arguments where an unknown one is like none', async () => {
    const inventory = await threeHosts();
    const args = { argv: ['true'], workplace: '/x' } as unknown as { argv: string[] };
    const site = playOf(() => [command('bad', args)]);
    const refused = refusal(() => collect(site, inventory));
    expect(refused.message).toContain("unknown argument 'workplace'");
    const hint: unknown = expect.stringMatching(/^command takes argv, .*creates/);
    expect(refused).toMatchObject({ hint });
  });

  it('tells the mistakes of all hosts together, each with its place', async () => {
    const inventory = await inventoryOf(
      'web:\n  hosts:\n    a: { size: big }\n    b: { size: 3 }\n    c: { size: [] }\n',
    );
    const strict = role({
      name: 'strict',
      vars: z.strictObject({ size: z.number() }),
      tasks: () => [],
    });
    const site = play({ name: 'site', hosts: 'web', roles: [strict] });
    const error = refusal(() => collect(site, inventory));
    expect(error instanceof ManyErrors && error.errors.map((each) => each.at?.line)).toEqual([
      3, 5,
    ]);
  });

  it('lets options flow downwards: tags add up, the innermost of the rest wins', async () => {
    const site = play({
      name: 'site',
      hosts: 'a',
      tags: ['play'],
      become: true,
      tasks: () => [
        block(
          'outer',
          { tasks: [debug('inner', { message: 'x' }, { tags: ['task'], become: 'web' })] },
          { tags: ['block'] },
        ),
      ],
    });
    const [plan] = collect(site, await threeHosts());
    const node = plan?.hosts[0]?.nodes[0];
    expect(node?.node === 'task' && node.options.tags).toEqual(['play', 'block', 'task']);
    expect(node?.node === 'task' && node.options.become).toBe('web');
  });
});

describe('the order across hosts', () => {
  it('merges lists that agree', async () => {
    const site = playOf(function* ({ host }) {
      yield say('one');
      if (host.name === 'b') yield say('only b');
      yield say('two');
      if (host.name === 'c') yield say('only c');
    });
    const [plan] = collect(site, await threeHosts());
    expect(plan?.order).toEqual([
      'site/one',
      'site/only b',
      'site/two',
      'site/only c',
      'site/end of play',
    ]);
  });

  it('lets a host that orders steps differently keep its own order', async () => {
    const site = playOf(({ host }) =>
      host.name === 'b' ? [say('y'), say('x')] : [say('x'), say('y')],
    );
    const [plan] = collect(site, await threeHosts());
    const b = plan?.hosts.find((each) => each.host === 'b');
    expect(b?.positions.get('site/y')).toBe(1);
    expect(b?.positions.get('site/x')).toBe(1);
  });

  it('refuses a different order of a step with runOnce', async () => {
    const inventory = await threeHosts();
    const once = () => debug('x', { message: 'x' }, { runOnce: true });
    const site = playOf(({ host }) =>
      host.name === 'b' ? [say('y'), once()] : [once(), say('y')],
    );
    expect(refusal(() => collect(site, inventory)).message).toContain(
      'a different order on another host',
    );
  });
});
