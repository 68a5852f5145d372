import { expect, it } from 'vitest';
import { block, play } from '../../engine/dsl/declare.ts';
import type { Options } from '../../engine/dsl/task.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { tasksOf } from '../../engine/plan/nodes.ts';
import { becomeOf } from '../../engine/run/step/become.ts';
import type { Become, Connection } from '../../engine/transport/transport.ts';
import { collect, threeHosts } from '../plan/inventory.ts';

const sudo = (user: string): Become => ({ method: 'sudo', user });

async function userOf(
  options: { readonly play?: Options; readonly block?: Options; readonly task?: Options },
  inventory: { readonly become?: Become; readonly becomeDefaults?: Become },
): Promise<string | undefined> {
  const site = play({
    name: 'site',
    hosts: 'a',
    ...options.play,
    tasks: () => [
      block('b', { tasks: [debug('x', { message: 'x' }, options.task)] }, options.block),
    ],
  });
  const [plan] = collect(site, await threeHosts());
  const [node] = tasksOf(plan?.hosts[0]?.nodes ?? []);
  if (!node) throw new Error('no task');
  const connection: Connection = { transport: 'fake', host: 'a', ...inventory } as Connection;
  return becomeOf(node, connection)?.user;
}

it.each([
  [{}, {}, undefined],
  [{}, { become: sudo('root') }, 'root'],
  [{ play: { become: true } }, {}, 'root'],
  [{ play: { become: true } }, { becomeDefaults: sudo('admin') }, 'admin'],
  [{ play: { become: true } }, { become: sudo('admin') }, 'admin'],
  [{ play: { become: true }, task: { become: 'postgres' } }, {}, 'postgres'],
  [{ play: { become: true }, task: { become: false } }, {}, undefined],
  [{ task: { become: false } }, { become: sudo('root') }, undefined],
  [{ block: { become: 'web' }, task: { become: true } }, {}, 'root'],
  [{ play: { become: 'web' }, block: { become: false } }, {}, undefined],
])('%j over an inventory of %j becomes %s', async (options, inventory, user) => {
  expect(await userOf(options, inventory)).toBe(user);
});
