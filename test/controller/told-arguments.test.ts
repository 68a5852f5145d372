import { describe, expect, it, test } from 'vitest';
import type { Run } from '../../engine/dsl/task.ts';
import type { Controller } from '../../engine/module/module.ts';
import { fetch } from '../../engine/modules/files/fetch/index.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { listening, withoutToldPaths, type Heard } from '../../engine/controller/told-paths.ts';
import { facts } from '../modules/planning.ts';

const asked = query('asked', { argv: ['true'] });
const fetched = fetch('fetched', { src: '/a', dest: 'b' });
const result = { changed: false };

const run: Run = {
  host: 'a',
  check: true,
  failure: { task: 'x', message: 'no' },
  facts,
  factsOf: () => facts,
  tryFactsOf: () => undefined,
  result: () => result as never,
  resultOf: () => result as never,
  tryResult: () => undefined,
  firstReachable: (pattern) => `first of ${pattern}`,
};

describe('of a lazy argument is noted', () => {
  test.each<[string, (run: Run) => unknown, unknown, Heard]>([
    [
      'nothing where it looks at no answer',
      ({ host }) => host,
      'a',
      { facts: false, results: false },
    ],
    [
      'nothing for the mode of the run',
      ({ check }) => check,
      true,
      { facts: false, results: false },
    ],
    [
      'nothing for what failed',
      (on) => on.failure?.message,
      'no',
      { facts: false, results: false },
    ],
    [
      'nothing for who can be reached',
      (on) => on.firstReachable('web'),
      'first of web',
      { facts: false, results: false },
    ],
    ['a fact', (on) => on.facts, facts, { facts: true, results: false }],
    ['a fact of another host', (on) => on.factsOf('b'), facts, { facts: true, results: false }],
    [
      'a fact that is tried',
      (on) => on.tryFactsOf('b'),
      undefined,
      { facts: true, results: false },
    ],
    ['a result', (on) => on.result(asked), result, { facts: false, results: true }],
    [
      'a result of another host',
      (on) => on.resultOf('b', asked),
      result,
      { facts: false, results: true },
    ],
    [
      'a result that is tried',
      (on) => on.tryResult(asked),
      undefined,
      { facts: false, results: true },
    ],
    [
      'no result that the controller made itself',
      (on) => on.result(fetched),
      result,
      { facts: false, results: false },
    ],
  ])('%s', (_, look, value, noted) => {
    const heard = { facts: false, results: false };
    expect(look(listening(run, heard))).toEqual(value);
    expect(heard).toEqual(noted);
  });
});

describe('a path of the controller', () => {
  const open = (src: string) => Promise.reject(new Error(`opened ${src}`));
  const controller: Controller = {
    file: open,
    path: open,
    template: open,
    download: ({ url }) => open(url),
    check: false,
    diff: false,
    host: 'a',
  };
  const facts: Heard = { facts: true, results: false };
  const results: Heard = { facts: false, results: true };

  test.each<[string, unknown, Heard | undefined, string, string]>([
    [
      'that the playbook wrote is opened, wherever it is',
      '/etc/../a',
      undefined,
      '/etc/../a',
      'opened',
    ],
    ['that chooses by a fact is opened', 'conf/debian', facts, 'conf/debian', 'opened'],
    ['that chooses by a fact may be absolute', '/srv/debian', facts, '/srv/debian', 'opened'],
    [
      'that chooses by a fact may not lead up',
      'conf/../../x',
      facts,
      'conf/../../x',
      'src: conf/../../x is',
    ],
    ['that holds an answer is opened in the project', 'conf/x', results, 'conf/x', 'opened'],
    [
      'that holds an answer may not be absolute',
      '/etc/shadow',
      results,
      '/etc/shadow',
      'src: /etc/shadow is',
    ],
    ['that holds an answer may not lead up', '../x', results, '../x', 'src: ../x is'],
    [
      'of a list of answers is held to the same',
      ['a', '/etc/shadow'],
      results,
      '/etc/shadow',
      'src: /etc/shadow is',
    ],
    [
      'that is only a part of what the answer names is opened',
      'x/srv/own/y',
      results,
      '/srv/own',
      'opened',
    ],
    [
      'that is another than what the answer names is opened',
      'conf/x',
      results,
      '/srv/own',
      'opened',
    ],
  ])('%s', async (_, argument, heard, src, says) => {
    const told = new Map(heard ? [['src', heard]] : []);
    const guarded = withoutToldPaths(controller, { src: argument }, told);
    for (const door of [guarded.file(src), guarded.path(src), guarded.template(src, {})])
      await expect(door).rejects.toThrow(says);
  });

  it('is left to the controller where no argument looked at an answer', () => {
    expect(withoutToldPaths(controller, {}, new Map())).toBe(controller);
  });
});
