/**
 * Two promises of every module, through the engine itself: an apply that did nothing is found out,
 * and state that cannot be read is told. A module that is not in the table fails.
 */
import { readdirSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { play } from '../../engine/dsl/declare.ts';
import type { Task } from '../../engine/dsl/task.ts';
import { fleet } from '../run/harness.ts';
import { allModules } from './all-modules.ts';
import { closed, idle, taskOf, whyDenied } from './idle-modules.ts';
import { moduleFixtures } from './module-fixtures.ts';

// some seventy modules on a busy machine
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

// A step that ends the play would end this one too; it asks and writes nothing.
const modules = allModules.filter((module) => module.ends === undefined);
const host = await fleet(['a']);
const fixtures = moduleFixtures(host.folder);
const before = readdirSync(host.folder);

const known = modules.filter(({ name }) => fixtures[name]);
const runOf = (name: string, tasks: readonly Task<unknown>[]) =>
  host.run(
    play({
      name,
      hosts: 'all',
      *tasks() {
        yield* tasks;
      },
    }),
  );

const idleRun = await runOf(
  'idle',
  known.map((module) => {
    const { want = {}, answers = {} } = fixtures[module.name] ?? {};
    return taskOf(module.name, idle(module, answers), want);
  }),
);

const reading = modules.filter((module) => module.reads !== undefined);
const closedRun = await runOf(
  'closed',
  known
    .filter((module) => reading.includes(module))
    .map((module) => taskOf(module.name, closed(module), fixtures[module.name]?.want ?? {})),
);

test('every module has its arguments in the table, and the table no others', () => {
  expect(Object.keys(fixtures).toSorted()).toEqual(modules.map(({ name }) => name).toSorted());
});

test.each(modules.map((module) => module.name))(
  '%s: an apply that did nothing is found out',
  (name) => {
    const fixture = fixtures[name];
    const end = idleRun.end('a', name);
    const said = end.failure?.message ?? '';
    if (fixture?.is === 'verified') expect(said).toMatch(/^applied, but .* is still /);
    else if (fixture?.is === 'an action') expect(said).toMatch(fixture.fails ?? /^$/);
    // What looks can only be right or fail: a change would be a lie.
    else expect(['ok', 'failed', name === 'local' ? 'changed' : 'ok']).toContain(end.outcome);
  },
);

test.each(reading.map((module) => module.name))('%s: state that cannot be read is told', (name) => {
  const { outcome, failure } = closedRun.end('a', name);
  expect([outcome, failure?.message]).toEqual([
    'failed',
    expect.stringMatching(new RegExp(`is not readable: ${whyDenied}$`)),
  ]);
});

test('a module without reads acts, or needs nothing of the host', () => {
  const blind = modules.filter((module) => !reading.includes(module));
  expect(blind.filter(({ kind }) => kind === undefined || kind === 'state')).toEqual([]);
});

test('neither run left anything on the host', () => {
  expect(readdirSync(host.folder).filter((name) => name !== '.play')).toEqual(before);
});
