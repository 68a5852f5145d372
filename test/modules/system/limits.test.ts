import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { limits } from '../../../engine/modules/system/limits.ts';
import { shells, testModule, TestHost } from '../../../engine/testing.ts';
import { readFileSync, writeFileSync } from 'node:fs';
import { folder } from '../../readers/asking.ts';
import { holding } from '../edited.ts';
import { isChange, planned } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Want = z.input<typeof limits.definition.args>;
const nofile: Want = { domain: '*', item: 'nofile', value: 65536 };

describe('the file afterwards', () => {
  test.each<[string, string | undefined, Want, string]>([
    ['a new one gets the line', undefined, nofile, '*\t-\tnofile\t65536\n'],
    [
      'a line is added at the end',
      '# c\n* soft nproc 1\n',
      nofile,
      '# c\n* soft nproc 1\n*\t-\tnofile\t65536\n',
    ],
    [
      'the own line keeps its blanks and comment',
      '*   -  nofile   1024  # c\n',
      nofile,
      '*   -  nofile   65536  # c\n',
    ],
    [
      'another type is another limit',
      '* soft nofile 1\n',
      nofile,
      '* soft nofile 1\n*\t-\tnofile\t65536\n',
    ],
    [
      'of two lines the last counts',
      '* - nofile 1\n* - nofile 2\n',
      nofile,
      '* - nofile 1\n* - nofile 65536\n',
    ],
    [
      'a group, without limit',
      undefined,
      { domain: '@db', type: 'soft', item: 'memlock', value: 'unlimited' },
      '@db\tsoft\tmemlock\tunlimited\n',
    ],
    [
      'absent takes every line',
      '* - nofile 1\na - nofile 2\n* - nofile 3\n',
      { domain: '*', item: 'nofile', state: 'absent' },
      'a - nofile 2\n',
    ],
  ])('%s', (_, before, want, after) => {
    const plan = isChange(planned(limits, want, holding(before)));
    const text = plan.after.find(({ read }) => read.reader.name === 'text');
    const answer =
      text?.answer.answer === 'value' ? (text.answer.value as { bytes: Buffer }) : undefined;
    expect(answer?.bytes.toString()).toBe(after);
    expect(planned(limits, want, holding(after)).plan).toBe('same');
  });
});

testModule(
  limits,
  [
    { name: 'present needs a value', want: { domain: '*', item: 'nofile' }, fails: /needs value/ },
    { name: 'absent takes none', want: { ...nofile, state: 'absent' }, fails: /takes no value/ },
    { name: 'a domain is one word', want: { ...nofile, domain: 'a b' }, fails: /is no user/ },
    {
      name: 'a missing folder is named',
      want: { ...nofile, file: '/nowhere/x' },
      fails: /folder \/nowhere is missing/,
    },
    {
      name: 'the same is left as it is',
      want: nofile,
      is: holding('* - nofile 65536\n'),
      plan: 'same',
    },
  ],
  test,
);

test.each(shells)('applied twice under %s', async (shell) => {
  const file = `${folder()}/limits`;
  writeFileSync(file, '* - nofile 1\n');
  const host = new TestHost({ shell });
  expect((await host.apply(limits, { ...nofile, file })).changed).toBe(true);
  expect((await host.apply(limits, { ...nofile, file })).changed).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe('* - nofile 65536\n');
});
