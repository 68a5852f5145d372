import { expect, test } from 'vitest';
import { tallyOf, type VitestReport } from '../../scripts/tally.ts';

const file = (
  more: Partial<VitestReport['testResults'][number]>,
): VitestReport['testResults'][number] => ({
  name: '/repo/test/a.test.ts',
  status: 'passed',
  assertionResults: [],
  ...more,
});
const ended = (fullName: string, status: string, message?: string) => ({
  fullName,
  status,
  failureMessages: message === undefined ? [] : [message],
});

test('what was skipped counts as failed, with the reason', () => {
  const assertionResults = [
    ended('holds', 'passed'),
    ended('breaks', 'failed', 'expected 1 to be 2\n    at x'),
    ended('left out', 'skipped'),
    ended('to come', 'todo'),
  ];
  const report = { testResults: [file({ status: 'failed', assertionResults })] };
  expect(tallyOf('unit', report, '/repo/')).toEqual({
    passed: 1,
    failures: [
      'test/a.test.ts > breaks: expected 1 to be 2',
      'test/a.test.ts > left out: not proven: it was skipped',
      'test/a.test.ts > to come: not proven: it was todo',
    ],
  });
});

test('a file that did not load counts as failed', () => {
  const report = { testResults: [file({ status: 'failed', message: 'Cannot find module x\n' })] };
  expect(tallyOf('unit', report, '/repo/').failures).toEqual([
    'test/a.test.ts: Cannot find module x',
  ]);
});

test('a hook that failed after all tests passed counts as failed', () => {
  const assertionResults = [ended('holds', 'passed')];
  const report = {
    testResults: [file({ status: 'failed', message: 'afterAll threw', assertionResults })],
  };
  expect(tallyOf('unit', report, '/repo/')).toEqual({
    passed: 1,
    failures: ['test/a.test.ts: afterAll threw'],
  });
});

test('a run without tests, or without a report, proves nothing', () => {
  expect(tallyOf('e2e', { testResults: [] }, '/').failures).toEqual(['e2e: no test was run']);
  expect(tallyOf('e2e', undefined, '/').failures).toEqual(['e2e: vitest left no report']);
});
