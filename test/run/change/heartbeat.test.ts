import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { play } from '../../../engine/dsl/declare.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { tasksOf, type TaskNode } from '../../../engine/plan/nodes.ts';
import type { Event } from '../../../engine/report/events.ts';
import { Heartbeat } from '../../../engine/run/change/heartbeat.ts';
import { liveOutput } from '../../../engine/run/change/live-output.ts';
import { collect, threeHosts } from '../../plan/inventory.ts';
import { fleet } from '../harness.ts';
import { playOf, shell } from '../steps.ts';

/** A step of the name, as collecting makes it. */
async function nodeOf(name: string): Promise<TaskNode> {
  const site = play({ name: 'site', hosts: 'a', tasks: () => [debug(name, { message: 'x' })] });
  const [plan] = collect(site, await threeHosts());
  const [node] = [...tasksOf(plan?.hosts[0]?.nodes ?? [])];
  if (!node) throw new Error('nothing was collected');
  return node;
}

describe('a heartbeat', () => {
  it('tells of a step after half a minute, and then each half minute', async () => {
    let now = 0;
    const events: Event[] = [];
    const heart = new Heartbeat(
      (event) => events.push(event),
      () => now,
    );
    const ended = heart.begin('a', await nodeOf('slow'));
    const told: number[] = [];
    for (; now <= 95_000; now += 5000) {
      heart.beat();
      if (events.length > told.length) told.push(now);
    }
    expect(told).toEqual([30_000, 60_000, 90_000]);
    expect(events.at(-1)).toMatchObject({ event: 'step-running', hosts: ['a'], took: 90_000 });
    ended();
    now += 60_000;
    heart.beat();
    expect(events).toHaveLength(3);
    heart.stop();
  });

  it('is one for all hosts that are at the step, without those that have just begun', async () => {
    let now = 0;
    const events: Event[] = [];
    const heart = new Heartbeat(
      (event) => events.push(event),
      () => now,
    );
    const node = await nodeOf('slow');
    heart.begin('a', node);
    now = 10_000;
    heart.begin('b', node);
    now = 35_000;
    heart.begin('c', node);
    now = 45_000;
    heart.beat();
    expect(events).toMatchObject([{ hosts: ['a', 'b'], took: 45_000 }]);
    heart.stop();
  });
});

describe('live output', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const collectLines = async (holdFor: number) => {
    const lines: string[] = [];
    const live = liveOutput(
      'a',
      await nodeOf('step'),
      (event) => event.event === 'step-output' && lines.push(`${event.stream}: ${event.text}`),
      holdFor,
    );
    return { lines, live };
  };

  it('is told line by line, each when it is whole', async () => {
    const { lines, live } = await collectLines(0);
    live.onOutput('stdout', Buffer.from('one\ntw'));
    live.onOutput('stderr', Buffer.from('bad\n'));
    live.onOutput('stdout', Buffer.from([0x6f, 0x20, 0xe2, 0x82]));
    live.onOutput('stdout', Buffer.from([0xac, 0x0a]));
    expect(lines).toEqual(['stdout: one', 'stderr: bad', 'stdout: two €']);
    live.end();
  });

  it('that is held begins with what came before it was long, whether more comes or not', async () => {
    const { lines, live } = await collectLines(2000);
    live.onOutput('stdout', Buffer.from('one\n'));
    live.onOutput('stderr', Buffer.from('two\n'));
    vi.advanceTimersByTime(1999);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(lines).toEqual(['stdout: one', 'stderr: two']);
    live.onOutput('stdout', Buffer.from('three\n'));
    expect(lines.at(-1)).toBe('stdout: three');
    live.end();
  });

  it('of what was short is never told', async () => {
    const { lines, live } = await collectLines(2000);
    live.onOutput('stdout', Buffer.from('one\n'));
    live.end();
    vi.advanceTimersByTime(10_000);
    expect(lines).toEqual([]);
  });
});

it('a command that takes long tells its lines while it runs, a short one none', async () => {
  const on = await fleet(['a']);
  const { events } = await on.run(
    playOf(() => [shell('short', 'echo short'), shell('long', 'echo one; sleep 4; echo two')]),
    { liveOutput: 'long' },
  );
  const told = events.flatMap((event) => {
    if (event.event === 'step-output') return [event.text];
    return event.event === 'step-end' ? [event.step.name] : [];
  });
  expect(told).toEqual(['short', 'one', 'two', 'long']);
});
