import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { play } from '../../../engine/dsl/declare.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import { debug, local, setFact } from '../../../engine/modules/index.ts';
import { fleet } from '../harness.ts';

const plays = (tasks: () => Iterable<Step>) => play({ name: 'p', hosts: 'all', tasks });

describe('local', () => {
  test('runs once a host on the controller and connects to none', async () => {
    const f = await fleet(['a', 'b']);
    const did: string[] = [];
    const run = await f.run(
      plays(function* () {
        const told = local('tell', {
          do: (of) => async () => {
            await sleep(1);
            did.push(of.host);
            return of.host.toUpperCase();
          },
        });
        yield told;
        yield debug('heard', { message: (of) => of.result(told).value });
      }),
    );
    expect([run.exitCode, did.toSorted()]).toEqual([0, ['a', 'b']]);
    expect(run.outcome('a', 'tell')).toBe('changed');
    expect(run.end('b', 'heard').notes).toEqual(['B']);
    expect([run.trips('a'), run.trips('b')]).toEqual([0, 0]);
  });

  test('is unknown in check, and does nothing then', async () => {
    const f = await fleet(['a']);
    let did = 0;
    const run = await f.run(
      plays(function* () {
        yield local('tell', { do: () => () => (did += 1) });
      }),
      { check: true },
    );
    expect([run.outcome('a', 'tell'), did]).toEqual(['unknown', 0]);
  });

  test('what it throws fails the step, where it stands', async () => {
    const f = await fleet(['a']);
    const run = await f.run(
      plays(function* () {
        yield local('tell', { do: () => () => Promise.reject(new Error('nobody listens')) });
      }),
    );
    expect([run.exitCode, run.end('a', 'tell').failure?.message]).toEqual([2, 'nobody listens']);
  });

  test('ends with the time-out of the task', async () => {
    const f = await fleet(['a']);
    const run = await f.run(
      plays(function* () {
        const wait = (signal: AbortSignal) => sleep(60_000, undefined, { signal });
        yield local('wait', { do: () => wait }, { timeout: 0.05 });
      }),
    );
    expect(run.end('a', 'wait').failure?.message).toMatch(/took longer than 0\.05 s|aborted/);
  });

  test('counts as a change only where the task says so', async () => {
    const f = await fleet(['a']);
    const run = await f.run(
      plays(function* () {
        yield local('look', { do: () => () => 1, invalidates: 'nothing' }, { changedWhen: false });
      }),
    );
    expect(run.outcome('a', 'look')).toBe('ok');
  });
});

test('setFact keeps a value of each host, with its type', async () => {
  const f = await fleet(['a', 'b']);
  const run = await f.run(
    plays(function* () {
      const number = setFact('number', { value: (of) => (of.host === 'a' ? 1 : 2) });
      yield number;
      yield debug('next', { message: (of) => (of.result(number).value + 1).toFixed(1) });
    }),
  );
  expect([run.end('a', 'next').notes, run.end('b', 'next').notes]).toEqual([['2.0'], ['3.0']]);
  expect(run.outcome('a', 'number')).toBe('ok');
});
