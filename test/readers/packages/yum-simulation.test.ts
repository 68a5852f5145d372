/** What dnf's table of a transaction says, beside what the recordings of a real one hold. */
import { expect, test } from 'vitest';
import { simulationOf } from '../../../engine/readers/packages/yum-simulation.ts';

const rule = '='.repeat(40);
const table = (...lines: readonly string[]): string =>
  [
    rule,
    ' Package  Architecture  Version  Repository  Size',
    rule,
    ...lines,
    '',
    'Transaction Summary',
    rule,
    '',
  ].join('\n');

test('what comes is told with its version, whatever brings it', () => {
  const text = table(
    'Installing:',
    ' web  noarch  0:1.0-1  own  6.2 k',
    'Upgrading:',
    ' tool  x86_64  2:3-1  own  1.1 M',
    'Installing dependencies:',
    ' small  noarch  1-1  own  900  ',
    ' library  noarch  1.1-1  own  5.4 k',
    'Installing weak dependencies:',
    ' more  noarch  1-2  own  5 k',
  );
  expect(simulationOf(text)).toEqual({
    installs: { web: '1.0-1', tool: '2:3-1', small: '1-1', library: '1.1-1', more: '1-2' },
    removes: [],
    problem: undefined,
  });
});

test('a package that takes more than one line is one', () => {
  const text = table(
    'Installing:',
    ' a-name-that-is-long',
    '        noarch  1.0-1',
    '                own  6 k',
  );
  expect(simulationOf(text).installs).toEqual({ 'a-name-that-is-long': '1.0-1' });
});

test('what goes is told, and what is only marked is no package', () => {
  const text = table(
    'Installing:',
    ' next  noarch  1-1  own  6 k',
    '     replacing  before.noarch 1.0-1',
    'Removing dependent packages:',
    ' other  noarch  1-1  @own  6 k',
    'Installing Groups:',
    ' Some tools',
  );
  expect(simulationOf(text)).toMatchObject({
    installs: { next: '1-1' },
    removes: ['before', 'other'],
  });
});

test.each([
  ['a section that nobody knows', table('Charming:', ' web  noarch  1-1  own  6 k')],
  ['a row that is no package', table('Installing:', ' web of lies and deceit')],
  ['no table', 'Error: Unable to find a match: web\n'],
  ['nothing', ''],
])('%s is not guessed at', (_, text) => {
  expect(simulationOf(text)).toMatchObject({ installs: {}, problem: expect.any(String) });
});
