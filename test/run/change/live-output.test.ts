import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { debug } from '../../../engine/modules/control/debug.ts';
import type { Event } from '../../../engine/report/events.ts';
import { liveOutput } from '../../../engine/run/change/live-output.ts';
import { nodeOf } from '../task-node.ts';

const node = nodeOf('site/long', debug('long', { message: 'x' }));

/** What is told of output that comes like this. */
function telling(holdFor?: number) {
  const told: string[] = [];
  const emit = (event: Event): void => {
    if (event.event === 'step-output')
      told.push(`${event.step.host} ${event.step.name} ${event.stream}: ${event.text}`);
  };
  const live = liveOutput('a', node, emit, holdFor);
  const say = (stream: 'stdout' | 'stderr', text: string | Buffer): void =>
    live.onOutput(stream, Buffer.from(text));
  return { told, live, say };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('output of a step that is under way', () => {
  it('is told by whole lines, however it comes', () => {
    const { told, say } = telling();
    say('stdout', 'one\ntw');
    say('stdout', 'o\nthree\nfo');
    expect(told).toEqual(['a long stdout: one', 'a long stdout: two\nthree']);
  });

  it('keeps its two streams apart', () => {
    const { told, say } = telling();
    say('stdout', 'half');
    say('stderr', 'warning\n');
    say('stdout', ' a line\n');
    expect(told).toEqual(['a long stderr: warning', 'a long stdout: half a line']);
  });

  it('has no character cut in two', () => {
    const { told, say } = telling();
    const bytes = Buffer.from('ü\n');
    say('stdout', bytes.subarray(0, 1));
    say('stdout', bytes.subarray(1));
    expect(told).toEqual(['a long stdout: ü']);
  });

  it('keeps empty lines', () => {
    const { told, say } = telling();
    say('stdout', '\n\n');
    expect(told).toEqual(['a long stdout: \n']);
  });
});

describe('output of a step that is shown only if it takes long', () => {
  it('is held until then, and then told in its order, and further lines at once', () => {
    const { told, say } = telling(2000);
    say('stdout', 'one\n');
    say('stderr', 'two\n');
    vi.advanceTimersByTime(1999);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(['a long stdout: one', 'a long stderr: two']);
    say('stdout', 'three\n');
    expect(told).toHaveLength(3);
  });

  it('is never told of a step that ended before', () => {
    const { told, say, live } = telling(2000);
    say('stdout', 'one\n');
    live.end();
    vi.advanceTimersByTime(5000);
    expect(told).toEqual([]);
  });
});
