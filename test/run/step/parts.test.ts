/** A run that is a part: what it may ask, and what it tells for whoever merges the parts. */
import { describe, expect, it } from 'vitest';
import { handler, play } from '../../../engine/dsl/declare.ts';
import type { Run } from '../../../engine/dsl/task.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import type { Event } from '../../../engine/report/events.ts';
import type { Sharing } from '../../../engine/run/environment.ts';
import { fleet } from '../harness.ts';

/** The part with host a; b is in the other one. */
const shard: Sharing = {
  run: { part: 1, parts: 2, whole: 'x', hosts: ['a'], left: [] },
  others: new Set(['b']),
};

describe('what a part asks of a host of another part', () => {
  const reading = (message: (run: Run) => string) =>
    play({ name: 'p', hosts: 'web', tasks: () => [debug('say', { message })] });

  it.each<[string, (run: Run) => string]>([
    ['facts', (run) => run.factsOf(run.facts && 'b').hostname],
    ['facts that it could do without', (run) => `${run.tryFactsOf(run.facts && 'b')?.hostname}`],
    ['a result', (run) => `${run.resultOf(run.facts && 'b', debug('x', { message: '' })).changed}`],
  ])('%s: fails the step, since nothing stands for it', async (_, message) => {
    const ran = await (await fleet(['a', 'b'])).run(reading(message), { shard, limit: 'a' });
    expect(ran.end('a', 'say').failure?.message).toContain('which is in another part (--shard)');
    expect(ran.exitCode).toBe(2);
  });

  it('is unknown in check', async () => {
    const asking = reading((run) => run.factsOf(run.facts && 'b').hostname);
    const ran = await (await fleet(['a', 'b'])).run(asking, { shard, limit: 'a', check: true });
    expect(ran.outcome('a', 'say')).toBe('unknown');
  });
});

describe('what a part tells', () => {
  it('which part of which whole it is', async () => {
    const site = play({ name: 'p', hosts: 'web', tasks: () => [debug('say', { message: '' })] });
    const [start] = (await (await fleet(['a'])).run(site, { shard })).events;
    expect(start).toMatchObject({ event: 'run-start', shard: shard.run });
  });

  it('which handlers became pending before their step changed anything, and which ran', async () => {
    const hosts = await fleet(['a']);
    const restart = handler(command('restart', { argv: ['true'] }));
    const site = play({
      name: 'p',
      hosts: 'web',
      tasks: () => [
        copy('conf', { dest: hosts.path('conf'), content: 'x' }, { notify: restart }),
        copy('broken', { dest: hosts.path('conf', 'below'), content: 'x' }),
      ],
    });
    const broken = await hosts.run(site, { shard });
    expect(pendingTold(broken.events)).toEqual(['p/restart true']);
    expect(broken.events.findIndex(({ event }) => event === 'handler-pending')).toBeLessThan(
      broken.events.findIndex((event) => event.event === 'step-end'),
    );
  });

  it('which handlers it took over from an earlier run', async () => {
    const hosts = await fleet(['a']);
    const restart = handler(command('restart', { argv: ['true'] }));
    const steps = (file: string) => () => [
      copy('conf', { dest: hosts.path('conf'), content: 'x' }, { notify: restart }),
      copy('other', { dest: hosts.path(...file.split('/')), content: 'x' }),
    ];
    await hosts.run(play({ name: 'p', hosts: 'web', tasks: steps('conf/below') }), { shard });
    const again = await hosts.run(play({ name: 'p', hosts: 'web', tasks: steps('other') }), {
      shard,
    });
    expect(pendingTold(again.events)).toEqual(['p/restart true', 'p/restart false']);
  });
});

function pendingTold(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) =>
    event.event === 'handler-pending' ? [`${event.handler} ${event.pending}`] : [],
  );
}
