import { expect, test } from 'vitest';
import { outcomesIn, type Ended } from '../../../engine/module/compose/outcomes.ts';

const mark = '0123456789abcdef0123456789abcdef';

/** What two streams held; `#` stands for the mark. */
const ended = (code: number, stdout: string, stderr: string): Ended => ({
  code,
  stdout: Buffer.from(stdout.replaceAll('#', mark)),
  stderr: Buffer.from(stderr.replaceAll('#', mark)),
});

const words = (of: Ended, count: number) =>
  outcomesIn(of, count, mark).map(({ outcome }) => outcome);

test('a step with its frame on both streams is done, the next has the exit code', () => {
  const all = outcomesIn(ended(4, 'one# 0\ntwo', '# 0\nwhy'), 3, mark);
  expect(all.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'not begun']);
  const [first, second] = all.map((each) => ('output' in each ? each.output : undefined));
  expect([first?.code, first?.stdout.toString(), first?.stderr.toString()]).toEqual([0, 'one', '']);
  expect([second?.code, second?.stdout.toString(), second?.stderr.toString()]).toEqual([
    4,
    'two',
    'why',
  ]);
});

test.each([
  ['that is cut on one stream', ended(0, '# 0\n# 1\n', '# 0\n')],
  ['with a frame out of order', ended(0, '# 1\n# 0\n', '# 1\n# 0\n')],
  ['with a frame too many', ended(0, '# 0\n# 1\n# 2\n', '# 0\n# 1\n# 2\n')],
  ['with a frame that is no line', ended(0, '# 0 \n# 1\n', '# 0 \n# 1\n')],
  ['whose mark stands in what a step printed', ended(0, '# 0\nx#\n# 1\n', '# 0\n# 1\n')],
])('of an answer %s nothing is known', (_, of) => {
  expect(words(of, 2)).toEqual(['unknown', 'unknown']);
});

test('what ended well without the frames of its last steps leaves these unknown', () => {
  expect(words(ended(0, '# 0\n', '# 0\n'), 3)).toEqual(['done', 'unknown', 'unknown']);
});

test('a code that is not 0 behind the last frame takes back nothing', () => {
  expect(words(ended(1, '# 0\n# 1\n', '# 0\n# 1\n'), 2)).toEqual(['done', 'done']);
});

test('of one step the exit code is all that counts', () => {
  expect(words(ended(0, 'x', '#'), 1)).toEqual(['done']);
  expect(words(ended(2, '# 0\n', ''), 1)).toEqual(['failed']);
});
