import { describe, expect, it } from 'vitest';
import type { Event, HostRecap, Outcome } from '../../engine/report/events.ts';
import { Recap } from '../../engine/run/recap.ts';

const at = { file: 'site.ts', line: 1, column: 1 };

const ended = (host: string, outcome: Outcome, ignored = false): Event => ({
  event: 'step-end',
  time: 0,
  step: { host, id: 'p/x', play: 'p', role: undefined, name: 'x', module: 'm', at, handler: false },
  outcome,
  took: 1,
  attempts: 1,
  differences: [],
  notes: [],
  ignored,
  secret: false,
});
const started = (...hosts: readonly string[]): Event => ({
  event: 'play-start',
  time: 0,
  play: 'p',
  hosts,
  batch: 1,
  batches: 1,
});
const rescued = (host: string): Event => ({
  event: 'host-rescued',
  time: 0,
  host,
  text: 'no',
});

/** What is not zero of each host. */
function counted(...events: readonly Event[]): Record<string, Partial<HostRecap>> {
  const recap = new Recap();
  for (const event of events) recap.on(event);
  return Object.fromEntries(
    Object.entries(recap.hosts).map(([host, { counters: _counters, ...counts }]) => [
      host,
      Object.fromEntries(
        Object.entries(counts).filter(([, value]) => value !== 0 && value !== false),
      ),
    ]),
  );
}

describe('the recap', () => {
  it('has every host that a play began with', () => {
    expect(counted(started('a', 'b'))).toEqual({ a: {}, b: {} });
  });

  it('counts each host’s steps by how they ended', () => {
    const outcomes = ['ok', 'changed', 'unknown', 'skipped', 'failed', 'ok'] as const;
    expect(counted(...outcomes.map((one) => ended('a', one)), ended('b', 'ok'))).toEqual({
      a: { ok: 2, changed: 1, unknown: 1, skipped: 1, failed: 1 },
      b: { ok: 1 },
    });
  });

  it('counts an ignored failure as ignored alone', () => {
    expect(counted(ended('a', 'failed', true))).toEqual({ a: { ignored: 1 } });
  });

  it('says of a lost host that it is unreachable, and counts no step for that', () => {
    const lost: Event = {
      event: 'host-unreachable',
      time: 0,
      host: 'a',
      failure: { message: 'x' },
    };
    expect(counted(ended('a', 'unreachable'), lost)).toEqual({ a: { unreachable: true } });
  });

  it('counts a rescued failure as rescued and not as failed', () => {
    expect(counted(ended('a', 'failed'), ended('a', 'failed'), rescued('a'))).toEqual({
      a: { failed: 1, rescued: 1 },
    });
  });

  it('counts a rescue of what was no step, such as a flush, without a failure to take back', () => {
    expect(counted(started('a'), rescued('a'))).toEqual({ a: { rescued: 1 } });
  });

  it('lets a rescue take back that a host was held back, and leaves its failures', () => {
    const held: Event = {
      event: 'host-held-back',
      time: 0,
      host: 'a',
      block: 'roll',
      failedOn: 'b',
    };
    expect(counted(ended('a', 'failed'), held)).toEqual({ a: { failed: 1, heldBack: true } });
    expect(counted(ended('a', 'failed'), held, rescued('a'))).toEqual({
      a: { failed: 1, rescued: 1 },
    });
  });

  it('names the hosts of batches that did not begin', () => {
    const out: Event = { event: 'hosts-left-out', time: 0, hosts: ['b', 'c'], why: 'x', play: 'p' };
    expect(counted(out)).toEqual({ b: { leftOut: true }, c: { leftOut: true } });
  });
});
