import { describe, expect, it, test } from 'vitest';
import type { Run } from '../../../engine/dsl/task.ts';
import type { Facts } from '../../../engine/module/facts.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import type { Outcome } from '../../../engine/report/events.ts';
import { evaluate } from '../../../engine/plan/not-yet-known.ts';
import { Results } from '../../../engine/run/step/results.ts';
import { runView, type ViewScope } from '../../../engine/run/step/view.ts';
import { facts } from '../../modules/planning.ts';
import { nodeOf } from '../task-node.ts';

const task = debug('asked', { message: 'x' });
const node = nodeOf('site/asked', task);

interface Scene {
  readonly ahead?: boolean;
  readonly known?: Readonly<Record<string, Facts>>;
  readonly lost?: readonly string[];
  /** How the task ended on a host, and with which result. */
  readonly ended?: Readonly<Record<string, readonly [Outcome, Record<string, unknown>?]>>;
  readonly selected?: boolean;
  readonly planned?: boolean;
  readonly reachable?: string;
}

/** What host `a` sees; `a` and `b` are in the run, `z` is outside. */
function viewOf(scene: Scene): Run {
  const results = new Results();
  for (const [host, [outcome, result]] of Object.entries(scene.ended ?? {})) {
    results.set(host, 'site/asked', { outcome, name: 'asked', result, because: undefined });
  }
  const scope: ViewScope = {
    host: 'a',
    check: false,
    ahead: scene.ahead ?? false,
    results,
    failure: undefined,
    facts: (host) => scene.known?.[host],
    isInRun: (host) => host !== 'z',
    isElsewhere: () => false,
    isLost: (host) => scene.lost?.includes(host) ?? false,
    idOf: () => 'site/asked',
    nodeOf: () => (scene.planned === false ? undefined : node),
    isSelected: () => scene.selected ?? true,
    reachable: () => scene.reachable,
  };
  return runView(scope);
}

const seen = (scene: Scene, look: (run: Run) => unknown): unknown => {
  const said = evaluate(() => look(viewOf(scene)));
  return 'notYet' in said ? said.notYet : said.value;
};

describe('facts', () => {
  const b = { ...facts, hostname: 'b' };

  test.each<[string, Scene, (run: Run) => unknown, unknown]>([
    ['of the host itself', { known: { a: facts } }, (run) => run.facts, facts],
    ['of another', { known: { b } }, (run) => run.factsOf('b'), b],
    [
      'that are not there yet are waited for',
      {},
      (run) => run.facts,
      { missing: 'facts', host: 'a' },
    ],
    [
      'of a host outside the run are unknown',
      {},
      (run) => run.factsOf('z'),
      { missing: 'unknown', because: 'facts of z, which is outside this run' },
    ],
    [
      'of a host outside that are there all the same',
      { known: { z: b } },
      (run) => run.factsOf('z'),
      b,
    ],
    ['tried, of another', { known: { b } }, (run) => run.tryFactsOf('b'), b],
    [
      'tried, are waited for as long as the host may be reached',
      {},
      (run) => run.tryFactsOf('b'),
      { missing: 'facts', host: 'b', optional: true },
    ],
    ['tried, of a lost host', { lost: ['b'] }, (run) => run.tryFactsOf('b'), undefined],
    ['tried, of a host outside', {}, (run) => run.tryFactsOf('z'), undefined],
  ])('%s', (_, scene, look, expected) => {
    expect(seen(scene, look)).toEqual(expected);
  });
});

describe('results', () => {
  const result = { changed: false, message: 'x' };
  const waits = (host: string) => ({ missing: 'result', host, id: 'site/asked', node });

  test.each<[string, Scene, (run: Run) => unknown, unknown]>([
    ['of this host', { ended: { a: ['ok', result] } }, (run) => run.result(task), result],
    ['of another', { ended: { b: ['ok', result] } }, (run) => run.resultOf('b', task), result],
    ['that are not there yet are waited for', {}, (run) => run.result(task), waits('a')],
    ['of another that are not there yet', {}, (run) => run.resultOf('b', task), waits('b')],
    [
      'of a host outside the run are unknown',
      {},
      (run) => run.resultOf('z', task),
      { missing: 'unknown', because: "'asked' on z, which is outside this run" },
    ],
    [
      'of a step that check knows nothing of',
      { ended: { a: ['unknown', result] } },
      (run) => run.result(task),
      { missing: 'unknown', because: "'asked'" },
    ],
    [
      'of a step that was skipped skip the one that reads them',
      { ended: { a: ['skipped'] } },
      (run) => run.result(task),
      { missing: 'skipped', because: "'asked' was skipped" },
    ],
    [
      'of a step that failed without any',
      { ended: { a: ['failed'] } },
      (run) => run.result(task),
      { missing: 'skipped', because: "'asked' failed" },
    ],
    [
      'of a failed step that has one',
      { ended: { a: ['failed', result] } },
      (run) => run.result(task),
      result,
    ],
    ['tried', { ended: { a: ['ok', result] } }, (run) => run.tryResult(task), result],
    [
      'tried, of a skipped step',
      { ended: { a: ['skipped'] } },
      (run) => run.tryResult(task),
      undefined,
    ],
    ['tried at its turn, of a step that has not run', {}, (run) => run.tryResult(task), undefined],
    [
      'tried ahead, of a step that may still run',
      { ahead: true },
      (run) => run.tryResult(task),
      waits('a'),
    ],
    [
      'tried ahead, of a step that is not selected',
      { ahead: true, selected: false },
      (run) => run.tryResult(task),
      undefined,
    ],
    [
      'tried ahead, of a step of another play',
      { ahead: true, planned: false },
      (run) => run.tryResult(task),
      undefined,
    ],
    [
      'tried ahead, of a step that has run',
      { ahead: true, ended: { a: ['ok', result] } },
      (run) => run.tryResult(task),
      result,
    ],
  ])('%s', (_, scene, look, expected) => {
    expect(seen(scene, look)).toEqual(expected);
  });
});

it('a host is looked for among those that can be reached', () => {
  const first = (run: Run) => run.firstReachable('web');
  expect(seen({ reachable: 'b' }, first)).toBe('b');
  expect(seen({}, first)).toEqual({ missing: 'reachable', pattern: 'web' });
});

describe('who waits for a result', () => {
  const ended = { outcome: 'ok', name: 'x', result: undefined, because: undefined } as const;

  it('goes on when that host has that result, and once', () => {
    const results = new Results();
    let went = 0;
    results.when('a', 'x', () => (went += 1));
    results.set('b', 'x', ended);
    results.set('a', 'y', ended);
    expect(went).toBe(0);
    results.set('a', 'x', ended);
    results.set('a', 'x', ended);
    expect(went).toBe(1);
  });

  it('goes on at once where it is there', () => {
    const results = new Results();
    results.set('a', 'x', ended);
    let went = 0;
    results.when('a', 'x', () => (went += 1));
    expect(went).toBe(1);
  });

  it('does not once it has stopped, though others do', () => {
    const results = new Results();
    const went: string[] = [];
    const stop = results.when('a', 'x', () => went.push('one'));
    results.when('a', 'x', () => went.push('two'));
    stop();
    results.set('a', 'x', ended);
    expect(went).toEqual(['two']);
  });
});
