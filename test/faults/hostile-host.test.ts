import { describe, test } from 'vitest';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { fleet } from '../run/harness.ts';
import { playOf } from '../run/steps.ts';
import { attacks, hostile } from './hosts/hostile.ts';
import { forgedBy, named, printed } from './hosts/lying.ts';
import { report } from './trial.ts';

/** Bytes that a run may keep in memory because of one host, above what it had before. */
const memoryLimit = 400 * 1024 * 1024;

describe('a hostile host', () => {
  test('costs the others nothing, and is given up', async (context) => {
    const held: string[] = [];
    const missed: string[] = [];
    for (const [name, script] of Object.entries(attacks)) {
      const on = await fleet(['bad', 'good']);
      on.link('bad', { shell: hostile(script) });
      const before = process.memoryUsage().rss;
      const ran = await on.run(
        playOf((host) => [
          copy('one', { content: 'one', dest: on.path(`${host}-one`) }),
          copy('two', { content: 'two', dest: on.path(`${host}-two`) }),
        ]),
      );
      const grown = process.memoryUsage().rss - before;
      const good = ran.outcome('good', 'two') === 'changed';
      const lost = ran.exitCode === 4 && ran.outcome('bad', 'one') === 'unreachable';
      if (good && lost && grown < memoryLimit) held.push(name);
      else missed.push(`${name}: ${ran.lines.join(', ')}; ${grown >> 20} MiB`);
    }
    report(context, {
      fault: 'a host floods, forges lengths, numbers and frames, or never ends a line',
      promise: 'it is unreachable, the other host is done, memory is bounded',
      tried: Object.keys(attacks).length,
      held: held.length,
      missed,
    });
  });

  test('that says nothing is given up once, soon after the time to connect', async (context) => {
    const on = await fleet(['deaf', 'mute', 'good']);
    const links = [
      on.link('deaf', { shell: ['/bin/sh', '-c', 'cat >/dev/null'] }),
      on.link('mute', { shell: hostile('read_on') }),
    ];
    const ran = await on.run(
      playOf((host) => [copy('one', { content: 'one', dest: on.path(`${host}-one`) })]),
    );
    const done = ran.outcome('good', 'one') === 'changed';
    const gone = ['deaf', 'mute'].filter((host) => ran.outcome(host, 'one') === 'unreachable');
    report(context, {
      fault: 'a host accepts the login and then says nothing',
      promise: 'unreachable 20 s after connectTimeout, tried once, the other host is done',
      tried: links.length,
      held: done && links.every(({ opened }) => opened === 1) ? gone.length : 0,
    });
  });

  test('that says nothing after its greeting lets one Ctrl-C end the run', async (context) => {
    let held = 0;
    for (const script of ['hello; read_on', 'read_on']) {
      const on = await fleet(['bad']);
      on.link('bad', { shell: hostile(script) });
      const soft = new AbortController();
      setTimeout(() => soft.abort(), 1500);
      const ran = await on.run(
        playOf(() => [copy('one', { content: 'one', dest: on.path('one') })]),
        { soft: soft.signal },
      );
      if (ran.exitCode === 130) held += 1;
    }
    report(context, {
      fault: 'Ctrl-C once while a host is silent',
      promise: 'the run ends with 130 and needs no second one',
      tried: 2,
      held,
    });
  });

  test.for([
    ['a host prints', printed, 'it is text, shown without what a terminal obeys; the run goes on'],
    ['a host names', named, 'nothing of the controller is written or sent'],
  ] as const)('%s what it likes', async ([fault, trials, promise], context) => {
    const missed: string[] = [];
    for (const [name, run] of Object.entries(trials))
      missed.push(...(await run()).map((wrong) => `${name}: ${wrong}`));
    const names = Object.keys(trials);
    report(context, {
      fault: `${fault} ${names.join('; ')}`,
      promise,
      tried: names.length,
      held: names.length - missed.length,
      missed,
    });
  });

  test('lets none of its users answer for it', async (context) => {
    const missed = await forgedBy(4191);
    report(context, {
      fault:
        "a user of the host reads all arguments there (sudo's too) and forges frames of what is found",
      promise: 'the step has its own exit code',
      tried: 1,
      held: 1 - missed.length,
      missed,
    });
  });
});
