import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  block,
  choose,
  flushHandlers,
  handler,
  play,
  playbook,
  role,
} from '../../engine/dsl/declare.ts';
import type { PlayDefinition } from '../../engine/dsl/play.ts';
import type { BlockOptions, Options, Step, TaskOptions } from '../../engine/dsl/task.ts';
import { PlayError } from '../../engine/errors.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { file } from '../../engine/modules/files/file/index.ts';
import { systemd } from '../../engine/modules/services/systemd/index.ts';
import { secret } from '../../engine/secrets/secret.ts';
import { collect, inventoryOf, namesOf, refusal, threeHosts } from './inventory.ts';

const say = (name: string, options: TaskOptions<object> = {}) =>
  debug(name, { message: name }, options);

async function refused(tasks: () => Iterable<Step>, more: object = {}): Promise<PlayError> {
  const inventory = await threeHosts();
  const site = play({ name: 'site', hosts: 'web', tasks, ...more });
  const error = refusal(() => collect(site, inventory));
  if (!(error instanceof PlayError)) throw error;
  return error;
}

describe('options that cannot be right are refused before anything connects', () => {
  it.each([
    [{ notfy: [] }, "debug 'x'", "unknown option 'notfy', did you mean 'notify'?"],
    [{ notify: 'restart' }, "debug 'x'", 'notify: expected what handler() returned'],
    [{ when: true }, "debug 'x'", 'when: expected a function'],
    [{ throttle: 0 }, "debug 'x'", 'throttle: '],
    [{ retries: -1 }, "debug 'x'", 'retries: '],
    [{ timeout: 0 }, "debug 'x'", 'timeout: '],
    [{ tags: 'config' }, "debug 'x'", 'tags: '],
    [{ environment: { A: 1 } }, "debug 'x'", 'environment.A: expected a text'],
  ])('of a task: %j', async (options, who, message) => {
    const error = await refused(() => [say('x', options as TaskOptions<object>)]);
    expect(error.message).toContain(message);
    expect(error.message.replace('task', 'debug')).toContain(who);
    expect(error.at?.file).toMatch(/refusals\.test\.ts$/);
  });

  it('of a block, a choice and a role', async () => {
    const wrong = { retries: 3 } as Options;
    const blocked = await refused(() => [block('b', { tasks: [say('x')] }, wrong)]);
    expect(blocked.message).toContain("block 'b': unknown option 'retries'");
    const chosen = await refused(() => [choose('c', () => 'a', { a: [say('x')] }, wrong)]);
    expect(chosen.message).toContain("choose 'c': unknown option 'retries'");
    const one = role({ name: 'one', vars: z.strictObject({}), tasks: () => [] });
    const given = await refused(() => [], { roles: [one({}, wrong)] });
    expect(given.message).toContain("options of role 'one': unknown option 'retries'");
  });

  it.each([
    [{ serial: 0 }, 'serial: '],
    [{ serial: '30' }, 'serial: '],
    [{ maxFailPercentage: 130 }, 'maxFailPercentage: '],
    [{ strategy: 'fre' }, 'strategy: '],
    [{ host: 'web' }, "unknown option 'host', did you mean 'hosts'?"],
    [{ roles: ['etcd'] }, 'roles.0: expected a role'],
  ] as const)('of a play: %j', async (more, message) => {
    const error = await refused(() => [], more as unknown as PlayDefinition<z.ZodType>);
    expect(error.message).toContain(message);
  });
});

describe('what stands where it cannot be is refused', () => {
  it('a handler that is yielded', async () => {
    const error = await refused(function* () {
      yield handler(say('bang')) as unknown as Step;
    });
    expect(error.message).toBe("play 'site' yields a handler 'bang', which is not a step");
    expect(error.hint).toBe('handlers are not yielded: tasks notify them');
  });

  it.each([[null], [undefined], [[]], ['x']])('%j yielded as a step', async (given) => {
    const error = await refused(() => [given as unknown as Step]);
    expect(error.message).toMatch(/which is not a step$/);
  });

  it('tags on a handler, which what notifies it decides about', async () => {
    const error = await refused(function* () {
      handler(say('bang', { tags: ['x'] }));
      yield say('x');
    });
    expect(error.message).toBe("'bang' is a handler and has tags");
    const within = await refused(function* () {
      handler(block('roll', { tasks: [say('one', { tags: ['x'] })] }));
      yield say('x');
    });
    expect(within.message).toBe("'one' is a handler and has tags");
  });

  it('flushHandlers within a handler', async () => {
    const error = await refused(function* () {
      handler(block('roll', { tasks: [flushHandlers()] }));
      yield say('x');
    });
    expect(error.message).toBe('flushHandlers() within a handler');
  });

  it('runOnce within a block that has throttle: its hosts would wait for each other', async () => {
    const error = await refused(() => [
      block('b', { tasks: [say('x', { runOnce: true })] }, { throttle: 1 }),
    ]);
    expect(error.message).toBe("'x' has runOnce within a block that has throttle or rolling");
  });

  it('a block with both throttle and rolling', async () => {
    const error = await refused(() => [
      block('b', { tasks: [say('x')] }, { throttle: 2, rolling: true }),
    ]);
    expect(error.message).toBe("block 'b' has both throttle and rolling");
  });

  it.each([[{ rolling: false }], [{ rolling: { atOnce: 0 } }], [{ rolling: { atOnce: '20%' } }]])(
    'a rolling block of %j',
    async (options) => {
      const given = options as unknown as BlockOptions;
      const error = await refused(() => [block('b', { tasks: [say('x')] }, given)]);
      expect(error.message).toContain("block 'b': rolling");
    },
  );

  it('runOnce within a rolling block', async () => {
    const error = await refused(() => [
      block('b', { tasks: [say('x', { runOnce: true })] }, { rolling: true }),
    ]);
    expect(error.message).toContain('runOnce within a block that has throttle or rolling');
  });

  it.each([
    ['restarted', () => systemd('r', { unit: 'x', state: 'restarted' })],
    ['reloaded', () => systemd('r', { unit: 'x', state: 'reloaded' })],
    ['touch', () => file('r', { path: '/x', state: 'touch' })],
  ])('%s, which is no state, outside handlers and without when', async (_, task) => {
    const error = await refused(() => [task()]);
    expect(error.message).toBe("'r' is an action and would run every time");
  });

  it('a Secret in the environment of a task that does not say exposeSecret', async () => {
    const environment = { TOKEN: secret('hunter2') };
    const error = await refused(() => [command('x', { argv: ['true'] }, { environment })]);
    expect(error.message).toBe("environment TOKEN of 'x' is a Secret");
    const site = play({
      name: 'site',
      hosts: 'web',
      tasks: () => [command('x', { argv: ['true'], exposeSecret: true }, { environment })],
    });
    const [plan] = collect(site, await threeHosts());
    expect(namesOf(plan)).toEqual(['x']);
  });
});

describe('names', () => {
  const one = role({ name: 'one', vars: z.strictObject({}), tasks: () => [say('x')] });

  it('of a role used twice must differ: `as` gives the second one', async () => {
    const inventory = await threeHosts();
    const twice = play({ name: 'site', hosts: 'web', roles: [one, one({})] });
    const error = refusal(() => collect(twice, inventory));
    expect((error as PlayError).hint).toContain('role(vars, { as })');
    const named = play({ name: 'site', hosts: 'web', roles: [one, one({}, { as: 'two' })] });
    const [plan] = collect(named, inventory);
    expect(plan?.order).toEqual(['site/one/x', 'site/two/x', 'site/end of play']);
  });

  it('of plays must differ', async () => {
    const inventory = await threeHosts();
    const same = () => play({ name: 'site', hosts: 'web', roles: [one] });
    const error = refusal(() => collect(playbook([same(), same()]), inventory));
    expect(error.message).toMatch(/^two plays are named 'site' \(first at .*:\d+:\d+\)$/);
  });
});

describe('steps in a different order on another host', () => {
  const site = (options: TaskOptions<object>, reader: boolean) =>
    play({
      name: 'site',
      hosts: 'web',
      *tasks({ host }) {
        const x = say('x', options);
        const y = say('y');
        yield* host.name === 'b' ? [y, x] : [x, y];
        if (reader) {
          yield debug('reader', { message: (run) => `${run.resultOf('b', x).changed}` });
        }
      },
    });

  it('are refused when they have throttle, or a result that another host reads', async () => {
    const inventory = await inventoryOf('web:\n  hosts:\n    a:\n    b:\n');
    const throttled = refusal(() => collect(site({ throttle: 1 }, false), inventory));
    expect(throttled.message).toContain('a different order on another host, and has throttle');
    const read = refusal(() => collect(site({}, true), inventory));
    expect(read.message).toContain('and has a result that another host reads');
    expect(collect(site({}, false), inventory)[0]?.order).toHaveLength(3);
  });
});
