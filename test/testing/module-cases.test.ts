import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../../engine/dsl/define-module.ts';
import { StepError } from '../../engine/errors.ts';
import { change, same } from '../../engine/module/plan.ts';
import { text } from '../../engine/readers/files/text.ts';
import { contentOf } from '../../engine/shell/content.ts';
import { sh } from '../../engine/shell/script.ts';
import { checkCase, testModule } from '../../engine/testing.ts';

/** A module as a user writes it. */
const motd = defineModule({
  name: 'motd',
  summary: 'Sets the message of the day.',
  example: `motd('greet', { text: 'hi' })`,
  args: z.strictObject({ text: z.string().describe('the message') }),
  mistakes: (want) => (want.text === '' ? ['text must not be empty'] : []),
  reads: () => ({ now: text('/etc/motd') }),
  plan(want, is) {
    if (is.now?.kind === 'not a file') throw new StepError('/etc/motd is no file');
    if (is.now?.kind === 'text' && is.now.bytes.toString() === want.text)
      return same({ text: want.text });
    return change({
      differences: [{ what: 'text', from: is.now?.kind ?? 'absent', to: want.text }],
      script: sh`${contentOf(want.text)} > /etc/motd`,
      after: [],
      invalidates: { paths: ['/etc/motd'] },
      result: { text: want.text },
    });
  },
});

const hi = { kind: 'text', bytes: Buffer.from('hi'), size: 2, digest: '' } as const;

describe('a table of a right module passes', () => {
  testModule(
    motd,
    [
      {
        name: 'the same text is left',
        want: { text: 'hi' },
        is: { now: hi },
        plan: 'same',
        result: { text: 'hi' },
      },
      {
        name: 'another text is written',
        want: { text: 'ho' },
        is: { now: hi },
        plan: 'change',
        differences: [{ what: 'text', to: 'ho' }],
        script: ['/etc/motd', /printf %s ho/],
        invalidates: { paths: ['/etc/motd'] },
      },
      {
        name: 'what is left out is absent',
        want: { text: 'ho' },
        differences: [{ from: 'absent' }],
      },
      { name: 'a mistake', want: { text: '' }, fails: /must not be empty/ },
      {
        name: 'a failing plan',
        want: { text: 'x' },
        is: { now: { kind: 'not a file' } },
        fails: /no file/,
      },
      {
        name: 'a wrong argument',
        want: { text: 1 as unknown as string },
        fails: /expected string/,
      },
    ],
    test,
  );
});

describe('an expectation that does not hold fails the case', () => {
  const base = { name: 'case', want: { text: 'ho' }, is: { now: hi } } as const;
  test.each([
    ['plan', { plan: 'same' }],
    ['differences', { differences: [{ what: 'content' }] }],
    ['fewer differences', { differences: [] }],
    ['script', { script: ['not in it'] }],
    ['result', { result: { text: 'hi' } }],
    ['invalidates', { invalidates: { paths: [] } }],
    ['failure', { fails: /.*/ }],
  ] as const)('%s', async (_, expected) => {
    await expect(checkCase(motd, { ...base, ...expected })).rejects.toThrow();
  });

  test('another failure than expected', async () => {
    const one = { name: 'case', want: { text: '' }, fails: /no file/ };
    await expect(checkCase(motd, one)).rejects.toThrow('got: text must not be empty');
  });
});
