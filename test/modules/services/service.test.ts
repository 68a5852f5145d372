/** A service as steps: which there are, what notifies what, and when it restarts. */
import { describe, expect, test } from 'vitest';
import { handler, once, play } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { service, type ServiceOptions } from '../../../engine/modules/services/service.ts';
import { tasksOf } from '../../../engine/plan/nodes.ts';
import { collect, threeHosts } from '../../plan/inventory.ts';

const say = (name: string) => debug(name, { message: name });
const conf = { src: 'x.hbs', dest: '/etc/x' };

async function collected(tasks: () => Iterable<Step>) {
  const [plan] = collect(play({ name: 'site', hosts: 'a', tasks }), await threeHosts());
  const host = plan?.hosts[0];
  const steps = [...tasksOf(host?.nodes ?? [])];
  return {
    ids: plan?.order,
    notify: Object.fromEntries(steps.map(({ task, notify }) => [task.name, notify])),
    args: Object.fromEntries(steps.map(({ task }) => [task.name, task.args])),
    tags: Object.fromEntries(steps.map(({ task, options }) => [task.name, options.tags])),
    handlers: host?.handlers ?? [],
  };
}

const whole = (options: ServiceOptions) =>
  collected(function* () {
    const web = service('web', options);
    yield web.installed;
    yield web.config('web configuration', conf);
    yield web.running;
  });

describe('a service', () => {
  test('is packages, files that notify, a unit that runs, and one restart', async () => {
    const { ids, notify, args, tags } = await whole({ unit: 'httpd', packages: ['apache2'] });
    expect(ids).toEqual([
      'site/web is installed',
      'site/web configuration',
      'site/web runs',
      'site/flush 1 restart web',
      'site/end of play',
    ]);
    expect(notify['web configuration']).toEqual(['site/restart web']);
    expect(tags['web configuration']).toEqual(['config']);
    expect(args['web is installed']).toEqual({ name: ['apache2'] });
    expect(args['web runs']).toEqual({ unit: 'httpd', state: 'started', enabled: true });
  });

  test('reloads where that is what a change takes', async () => {
    const { ids, notify } = await whole({ change: 'reload' });
    expect(notify['web configuration']).toEqual(['site/reload web']);
    expect(ids).toContain('site/flush 1 reload web');
  });

  test('restarts behind a new unit even where its files only take a reload', async () => {
    const { notify, args } = await collected(function* () {
      const web = service('web', { change: 'reload' });
      yield web.unitFile('web.service.hbs', { port: 80 });
      yield web.config('web configuration', conf);
      yield web.running;
    });
    expect(args['unit of web']).toMatchObject({ dest: '/etc/systemd/system/web.service' });
    expect(notify['unit of web']).toEqual(['site/restart web']);
    expect(notify['web configuration']).toEqual(['site/reload web']);
  });

  test('rolls from host to host, with what must hold before and after', async () => {
    const rolling = { before: [say('all work')], after: [say('works again')], atOnce: 5 };
    const { handlers, notify } = await whole({ rolling });
    expect(notify['web configuration']).toEqual(['site/roll web']);
    expect(handlers).toMatchObject([{ id: 'site/roll web', node: { rolling: { atOnce: 5 } } }]);
    const [roll] = handlers;
    expect([...tasksOf(roll ? [roll.node] : [])].map(({ task }) => task.name)).toEqual([
      'all work',
      'restart web',
      'works again',
    ]);
  });

  test('that was started behind the change is not restarted, unless that is asked for', async () => {
    const conditions = async (options: ServiceOptions) => {
      const { handlers } = await whole(options);
      const [found] = handlers;
      return [...tasksOf(found ? [found.node] : [])].map(({ options: { when } }) => when.length);
    };
    expect(await conditions({})).toEqual([1]);
    expect(await conditions({ rolling: {} })).toEqual([1]);
    expect(await conditions({ rolling: { evenIfStarted: true } })).toEqual([0]);
  });

  test('has a handler for further steps', async () => {
    const { notify } = await collected(function* () {
      const web = service('web');
      yield command('make keys', { argv: ['true'] }, { notify: web.change });
      yield web.running;
    });
    expect(notify['make keys']).toEqual(['site/restart web']);
  });
});

test('once: steps that one host does for all, each with its own name', async () => {
  const [plan] = collect(
    play({
      name: 'site',
      hosts: 'a',
      *tasks() {
        const restart = handler(say('restart'));
        yield once('b', say('x'), debug('y', { message: 'y' }, { notify: restart }));
      },
    }),
    await threeHosts(),
  );
  expect([...tasksOf(plan?.hosts[0]?.nodes ?? [])]).toMatchObject([
    { id: 'site/x', options: { runOnce: true, on: 'b' } },
    { id: 'site/y', options: { runOnce: true, on: 'b' }, notify: ['site/restart'] },
  ]);
});
