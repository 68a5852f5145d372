/** The reports of parts as that of one run. */
import { describe, expect, it } from 'vitest';
import { mergedEvents } from '../../../engine/report/merge/events.ts';
import { mergeReports } from '../../../engine/report/merge/merge.ts';
import { readReports } from '../../../engine/report/merge/read.ts';
import { mergedText } from '../../../engine/report/merge/text.ts';
import { text, type PartReport } from './part.ts';

const one: PartReport = { part: 1, hosts: { web1: 'changed' }, exitCode: 0 };
const two: PartReport = { part: 2, hosts: { web2: 'ok' }, exitCode: 0 };
const three: PartReport = { part: 3, hosts: { web3: 'ok' }, exitCode: 0 };

const reportsOf = (parts: readonly PartReport[]) =>
  parts.flatMap((part, index) => readReports(`${index}.jsonl`, text(part)));
const merge = (...parts: readonly PartReport[]) => mergeReports(reportsOf(parts));
const states = (...parts: readonly PartReport[]) =>
  merge(...parts).parts.map(({ name, state }) => `${name} ${state}`);

describe('all parts are done', () => {
  it('the recap has the hosts of all', () => {
    const { recap, exitCode, retry } = merge(three, one, two);
    expect(Object.keys(recap)).toEqual(['web1', 'web2', 'web3']);
    expect([exitCode, retry]).toEqual([0, []]);
  });

  it.each<[number[], number]>([
    [[0, 4, 0], 4],
    [[4, 2, 0], 2],
    [[5, 4, 0], 5],
    [[2, 5, 4], 2],
    [[0, 3, 0], 3],
    [[2, 1, 0], 1],
    [[1, 130, 2], 130],
  ])('exit codes %j are %i of one run over all', (codes, expected) => {
    const parts = [one, two, three].map((part, index) => ({ ...part, exitCode: codes[index] }));
    expect(merge(...parts).exitCode).toBe(expected);
  });

  it('hosts that failed or were not reached are those to do again, each with its failure', () => {
    const merged = merge(
      { ...one, hosts: { web1: 'failed', web4: 'ok' }, exitCode: 2 },
      { ...two, hosts: { web2: 'unreachable' }, exitCode: 4 },
      three,
    );
    expect(merged.retry).toEqual(['web1', 'web2']);
    expect(merged.failures.map(({ failure }) => failure.message)).toEqual([
      'web1 says no',
      'web2 says no',
    ]);
  });

  it('where a part failed and no host says so, all of its hosts are to do again', () => {
    expect(merge(one, { ...two, exitCode: 2 }, three).retry).toEqual(['web2']);
  });

  it('a host of the parts and of the rest is counted once, with all that was done', () => {
    const left = ['cluster'];
    const rest: PartReport = { part: 'rest', hosts: { web1: 'changed' }, exitCode: 0, at: 5000 };
    const merged = merge({ ...one, left }, { ...two, left }, { ...three, left }, rest);
    expect(merged.recap['web1']).toMatchObject({ changed: 2, counters: { roundTrips: 4 } });
    expect([merged.exitCode, merged.took]).toEqual([0, 4100]);
  });
});

describe('a part is not done', () => {
  it('missing: it is named, and the exit code is 1', () => {
    expect(states(one, three)).toEqual(['1/3 done', '2/3 missing', '3/3 done']);
    expect(merge(one, three).exitCode).toBe(1);
  });

  it('cut short: what it had done counts, and all of its hosts are to do again', () => {
    const cut: PartReport = { ...two, hosts: { web2: 'changed', web5: 'ok' }, exitCode: undefined };
    const merged = merge(one, cut, three);
    expect(states(one, cut, three)[1]).toBe('2/3 cut short');
    expect(merged.recap['web2']?.changed).toBe(1);
    expect([merged.exitCode, merged.retry]).toEqual([1, ['web2', 'web5']]);
  });

  it('in the middle of a line, as a kill leaves it', () => {
    const cut = text({ ...two, exitCode: undefined }).slice(0, -20);
    const [report] = readReports('cut.jsonl', cut);
    expect(report?.end).toBeUndefined();
  });

  it('ended before it began, with an empty report: it is missing', () => {
    const empty = readReports('2.jsonl', '\n');
    const { parts } = mergeReports([...reportsOf([one, three]), ...empty]);
    expect(parts[1]?.state).toBe('missing');
  });

  it('and was run again: the later run counts', () => {
    const cut: PartReport = { ...two, exitCode: undefined };
    const again: PartReport = { ...two, at: 9000 };
    const merged = merge(one, again, three, cut);
    expect(merged.parts[1]).toMatchObject({ state: 'done', earlier: [{ file: '3.jsonl' }] });
    expect(merged.exitCode).toBe(0);
  });

  it('the plays behind were left to a run that is missing', () => {
    const left = ['cluster'];
    const parts = [one, two, three].map((part) => ({ ...part, left }));
    expect(states(...parts).at(-1)).toBe('rest missing');
    expect(merge(...parts).exitCode).toBe(1);
  });
});

describe('pending handlers', () => {
  const pending = (...reports: readonly PartReport[]) =>
    merge(...reports).pending.map(({ host, handler }) => `${host} ${handler}`);

  it('are those that no run has run', () => {
    const ran = { ...one, pending: ['web1 p/restart true', 'web1 p/restart false'] };
    expect(pending(ran, { ...two, pending: ['web2 p/restart true'] }, three)).toEqual([
      'web2 p/restart',
    ]);
  });

  it('of a run that broke off are run by the one that made up for it', () => {
    const cut = { ...two, exitCode: undefined, pending: ['web2 p/restart true'] };
    const again = { ...two, at: 9000, pending: ['web2 p/restart true', 'web2 p/restart false'] };
    const merged = merge(one, cut, again, three);
    expect([merged.pending, merged.exitCode]).toEqual([[], 0]);
  });

  it('that only the run knew that broke off are left: not all is done', () => {
    const cut = { ...two, exitCode: undefined, pending: ['web2 p/restart true'] };
    const merged = merge(one, cut, { ...two, at: 9000 }, three);
    expect([merged.pending.length, merged.exitCode, merged.retry]).toEqual([1, 2, ['web2']]);
  });
});

describe('reports that do not belong together are refused', () => {
  it.each<[string, PartReport, string]>([
    ['of other hosts or plays', { ...two, whole: 'other' }, 'their plays or hosts differ'],
    ['of another number of parts', { ...two, parts: 4 }, 'one is of 4 parts, the other of 3'],
    ['a check and a run', { ...two, check: true }, 'one was only a check'],
  ])('%s', (_, other, message) => {
    expect(() => merge(one, other)).toThrow(message);
  });

  it('a run that was no part', () => {
    const start = '{"event":"run-start","time":1,"run":"r","playbook":"p","check":false}\n';
    expect(() => mergeReports(readReports('whole.jsonl', start))).toThrow(
      'whole.jsonl is the report of a whole run',
    );
  });

  it('a file without a run', () => {
    expect(() => readReports('x.log', 'nothing\n{"a":1}\n')).toThrow('x.log is no report of a run');
  });
});

it('a log that has other lines between, and several runs, is read', () => {
  const log = `ssh: warning\n${text(one)}{broken\nsome words\n${text({ ...one, at: 9000 })}`;
  expect(readReports('log', log).map(({ start }) => start.time)).toEqual([1000, 9000]);
});

it('people see the parts, the failures, the recap and what is left', () => {
  const shown = mergedText(
    merge(
      { ...one, hosts: { web1: 'failed' }, exitCode: 2, pending: ['web1 p/restart true'] },
      { ...two, exitCode: undefined },
    ),
    { color: false, columns: 100 },
  );
  for (const line of [
    /^1\/3 +done +1 host, exit code 2, 0\.jsonl$/m,
    /^2\/3 +cut short +1 host, 1\.jsonl$/m,
    /^3\/3 +missing$/m,
    /^FAILED p\/s on web1$/m,
    /^RECAP/m,
    /^part 2\/3 was cut short; run it again: --shard 2\/3$/m,
    /^part 3\/3 is missing; run it again: --shard 3\/3$/m,
    /^pending on web1: p\/restart$/m,
    /^not done: web1,web2 /m,
  ])
    expect(shown).toMatch(line);
});

it('programs get the events of one run, in the order of their time', () => {
  const parts = [one, two, three].map((part, index) => ({ ...part, at: 1000 - index * 50 }));
  const merged = mergedEvents(merge(...parts), { run: 'm', version: '1' });
  const times = merged.map(({ time }) => time);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(merged[0]).toMatchObject({ event: 'run-start', run: 'm', time: 900 });
  expect(merged.at(-2)).toMatchObject({
    event: 'parts-merged',
    parts: [{ part: '1/3', state: 'done', runs: ['r1000'], exitCode: 0 }, {}, {}],
  });
  expect(merged.at(-1)).toMatchObject({ event: 'run-end', exitCode: 0 });
  expect(merged.filter(({ event }) => event === 'run-end')).toHaveLength(1);
});
