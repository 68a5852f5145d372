import { describe, expect, it } from 'vitest';
import { block, flushHandlers, handler, play } from '../../../engine/dsl/declare.ts';
import type { Context } from '../../../engine/dsl/task.ts';
import type { Options, Step } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { fetch } from '../../../engine/modules/files/fetch/index.ts';
import { local } from '../../../engine/modules/commands/local.ts';
import { pause } from '../../../engine/modules/control/pause.ts';
import { tasksOf } from '../../../engine/plan/nodes.ts';
import { awaits, isLong, reachOf, writesOnController } from '../../../engine/run/reads/barrier.ts';
import { Order } from '../../../engine/run/order/must-wait.ts';
import { collect, threeHosts } from '../../plan/inventory.ts';

type Steps = (context: Context<unknown>) => Iterable<Step>;

const touch = (name: string, options: Parameters<typeof copy>[2] = {}) =>
  copy(name, { dest: `/srv/${name}`, content: 'x' }, options);
const anything = (name: string, options: Parameters<typeof command>[2] = {}) =>
  command(name, { argv: ['true'] }, options);
const nothing = () => () => Promise.resolve(undefined);
const taking = (name: string, options: Options = {}) =>
  fetch(name, { src: '/etc/motd', dest: '/tmp/motd' }, options);

async function nodesOf(steps: Steps) {
  const [plan] = collect(play({ name: 'site', hosts: 'web', tasks: steps }), await threeHosts());
  if (!plan) throw new Error('no plan');
  return plan.hosts;
}

/** What a host must wait for before a position, 99 by default: behind all. */
async function orderOf(steps: Steps, check = false, local: readonly string[] = []) {
  const plans = await nodesOf(steps);
  const options = { check } as ConstructorParameters<typeof Order>[1]['options'];
  const order = new Order(plans, { isLocal: (host) => local.includes(host), options });
  return (host: string, position = 99, prepares = false) =>
    order.behindOthers(host, position, { isHere: (name) => name === host, prepares });
}

describe('a step lets time pass', () => {
  it.each<[string, () => Step, boolean]>([
    ['that is there to wait', () => pause('x', { seconds: 1 }), true],
    ['that is asked until', () => anything('x', { until: () => true }), true],
    ['that is tried again', () => anything('x', { retries: 1 }), true],
    ['but not one that is tried once', () => anything('x', { retries: 0 }), false],
    ['but not any other', () => anything('x'), false],
  ])('%s', async (_, step, does) => {
    const [plan] = await nodesOf(() => [step()]);
    const [node] = tasksOf(plan?.nodes ?? []);
    expect(node && awaits(node)).toBe(does);
  });
});

describe('how far a step reaches', () => {
  const reach = async (step: () => Step) => {
    const [plan] = await nodesOf(() => [step()]);
    const [node] = tasksOf(plan?.nodes ?? []);
    if (!node) throw new Error('no step');
    const writes = [false, true].map((isLocal) => writesOnController(node, isLocal));
    return [reachOf(node), ...writes];
  };

  it('is its host, and everything where it may be anything', async () => {
    expect(await reach(() => touch('x'))).toEqual(['host', false, true]);
    expect(await reach(() => anything('x'))).toEqual(['everywhere', false, true]);
    expect(await reach(() => taking('x'))).toEqual(['controller', true, true]);
    expect(await reach(() => debug('x', { message: 'x' }))).toEqual(['host', false, false]);
    expect(await reach(() => local('x', { do: nothing, invalidates: 'nothing' }))).toEqual([
      'controller',
      true,
      true,
    ]);
    expect((await reach(() => local('x', { do: nothing })))[0]).toBe('everywhere');
  });
});

describe('a host waits for others', () => {
  it('behind no step that stays on its own host', async () => {
    const behind = await orderOf(() => [touch('x'), touch('y')]);
    expect(behind('a')).toBeUndefined();
  });

  it('behind the last step of theirs that may be anything, as far as it has come', async () => {
    const behind = await orderOf(() => [anything('x'), touch('y'), anything('z'), touch('end')]);
    expect([0, 1, 2, 3].map((position) => behind('a', position))).toEqual([undefined, 1, 1, 3]);
    // Looking again from before is right too.
    expect(behind('a', 1)).toBe(1);
  });

  it('not behind what it alone does', async () => {
    const behind = await orderOf(({ host }) =>
      host.name === 'a' ? [anything('x'), touch('y')] : [touch('y')],
    );
    expect([behind('a'), behind('b')]).toEqual([undefined, 1]);
  });

  it('behind what they do on it, and not behind what they do on another', async () => {
    const behind = await orderOf(({ host }) => [
      ...(host.name === 'b' ? [touch('on a', { on: 'a' })] : []),
      touch('end'),
    ]);
    expect(['a', 'b', 'c'].map((host) => behind(host))).toEqual([1, undefined, undefined]);
  });

  it('behind what is done on a host that only the run can name', async () => {
    const behind = await orderOf(() => [touch('x', { on: () => 'a' }), touch('y')]);
    expect(behind('c')).toBe(1);
  });

  it('behind what they write on the controller, where it reads files there', async () => {
    const behind = await orderOf(() => [taking('x'), touch('y')]);
    expect([behind('a', 9, true), behind('a', 9, false)]).toEqual([1, undefined]);
    const there = await orderOf(({ host }) => [touch(`x ${host.name}`), touch('y')], false, ['b']);
    expect([there('a', 9, true), there('b', 9, true)]).toEqual([4, undefined]);
    const sent = await orderOf(() => [touch('x', { on: 'b' })], false, ['b']);
    expect(sent('a', 9, true)).toBe(1);
  });

  it('behind a handler of theirs at each flush', async () => {
    const behind = await orderOf(function* ({ host }) {
      const restart = handler(touch('restart', { on: 'a' }));
      const other = handler(touch('other'));
      if (host.name === 'b') yield touch('x', { notify: [restart, other] });
      yield flushHandlers();
      yield block('late', { tasks: [touch('y')], always: [touch('z')] });
    });
    const [first, last] = [behind('a', 4), behind('a')];
    expect(first).toBe(3);
    expect(last).toBeGreaterThan(6);
    expect(behind('c')).toBeUndefined();
  });

  it('for nobody where it is alone', async () => {
    const plans = (await nodesOf(() => [anything('x'), touch('y')])).slice(0, 1);
    const options = { check: false } as ConstructorParameters<typeof Order>[1]['options'];
    const order = new Order(plans, { isLocal: () => false, options });
    expect(order.behindOthers('b', 9, { isHere: () => true, prepares: true })).toBeUndefined();
  });

  it('in check only behind what is planned for another host, or is done all the same', async () => {
    const steps: Steps = () => [
      anything('x'),
      touch('on a', { on: () => 'a' }),
      anything('real', { check: false }),
      anything('y'),
      touch('end'),
    ];
    const check = await orderOf(steps, true);
    expect([1, 2, 3, 4].map((position) => check('a', position))).toEqual([undefined, 2, 3, 3]);
  });
});

describe('a wait', () => {
  it('is long from one second on', () => {
    const now = performance.now();
    expect([isLong(now - 1001), isLong(now - 900)]).toEqual([true, false]);
  });
});
