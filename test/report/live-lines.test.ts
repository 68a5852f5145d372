import { describe, expect, it } from 'vitest';
import type { Event } from '../../engine/report/events.ts';
import { prettyReporter, type PrettyOptions } from '../../engine/report/pretty.ts';
import { reportTo } from '../../engine/report/shown.ts';
import { StringSink } from '../../engine/report/sink.ts';
import { Redactor } from '../../engine/secrets/redact.ts';
import { playStart, step } from './events.ts';

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `n${index + 1}`);

const output = (host: string, text: string): Event => ({
  event: 'step-output',
  time: 0,
  step: step(host, 'install'),
  stream: 'stdout',
  text,
});

const running = (on: readonly string[], took = 80_000): Event => ({
  event: 'step-running',
  time: 0,
  step: step(on[0] ?? '', 'install'),
  hosts: on,
  took,
});

/** What stands on the screen, without the line that moves. */
function screen(
  events: readonly Event[],
  isTTY: boolean,
  options: Partial<PrettyOptions> = {},
): readonly string[] {
  const sink = new StringSink({ isTTY });
  const reporter = reportTo(new Redactor(() => ['hunter2']), [
    prettyReporter(sink, { diff: false, verbosity: 0, live: false, ...options }),
  ]);
  for (const event of events) reporter.on(event);
  return sink.text.split('\n').slice(2, -1);
}

describe('output while a step runs', () => {
  it('stands in a terminal with the host in front, secrets hidden', () => {
    const lines = screen([playStart(['n1', 'n2']), output('n1', 'one\nhunter2')], true);
    expect(lines).toEqual(['etcd/install', '  n1 | one', '  n1 | ***']);
  });

  it('does not stand in a pipe, unless -v asks for it', () => {
    const events = [playStart(['n1']), output('n1', 'one')];
    expect(screen(events, false)).toEqual([]);
    expect(screen(events, false, { verbosity: 1 })).toEqual(['etcd/install', '  n1 | one']);
  });

  it('of many hosts at once comes with -v only', () => {
    const events = [playStart(hosts(6)), output('n1', 'one')];
    expect(screen(events, true)).toEqual([]);
    expect(screen(events, true, { verbosity: 1 })).toHaveLength(2);
  });
});

describe('a step that is silent', () => {
  it('is said to run still, once for all its hosts', () => {
    const lines = screen([playStart(hosts(5)), running(hosts(5)), running(['n2', 'n4'])], true);
    expect(lines).toEqual([
      "  n1, n2, n3 and 2 more: still running 'etcd/install' (1 min 20 s)",
      "  n2, n4: still running 'etcd/install' (1 min 20 s)",
    ]);
  });

  it('is not told of while it speaks, but when it falls silent again', () => {
    const events = [
      playStart(['n1', 'n2']),
      output('n1', 'one'),
      running(['n1', 'n2']),
      running(['n1', 'n2'], 110_000),
    ];
    expect(screen(events, true).slice(2)).toEqual([
      "  n2: still running 'etcd/install' (1 min 20 s)",
      "  n1, n2: still running 'etcd/install' (1 min 50 s)",
    ]);
  });

  it('says nothing in a pipe, unless -v asks for it', () => {
    const events = [playStart(['n1']), running(['n1'])];
    expect(screen(events, false)).toEqual([]);
    expect(screen(events, false, { verbosity: 1 })).toEqual([
      "  n1: still running 'etcd/install' (1 min 20 s)",
    ]);
  });
});
