/** Variables that are put together of parts. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { variables } from '../../engine/dsl/variables.ts';
import { PlaybookError } from '../../engine/errors.ts';

let judged = 0;
const cluster = z
  .strictObject({ name: z.string().default('kube'), mask: z.int().default(24) })
  .refine(
    ({ mask }) => {
      judged += 1;
      return mask < 30;
    },
    { path: ['mask'], message: 'is too long' },
  );
const pki = variables(cluster, { days: z.int().default(365) }).refine(
  ({ days, mask }) => days > mask,
  { path: ['days'], message: 'are too few' },
);

describe('variables', () => {
  it('have the fields and defaults of all their parts, and refuse other names', () => {
    const all = variables(cluster, pki, { own: z.boolean() });
    const parsed = all.parse({ own: true });
    const days: number = parsed.days;
    expect({ ...parsed, days }).toEqual({ name: 'kube', mask: 24, days: 365, own: true });
    expect(() => all.parse({ own: true, other: 1 })).toThrow('other');
  });

  it('refuse what each part refuses, once, where a part comes in twice too', () => {
    judged = 0;
    const { error } = variables(cluster, pki, {}).safeParse({ mask: 31, days: 3 });
    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [['mask'], 'is too long'],
      [['days'], 'are too few'],
    ]);
    expect(judged).toBe(1);
  });

  it('take further refinements, which see all fields', () => {
    const both = variables(pki, { own: z.int() }).refine(({ own, days }) => own < days, 'own');
    expect(both.safeParse({ own: 400 }).success).toBe(false);
  });

  it('of one name and two meanings are refused with the place', () => {
    try {
      variables(cluster, { name: z.int() });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(PlaybookError);
      expect((error as PlaybookError).message).toContain("have 'name' and mean different things");
      expect((error as PlaybookError).at?.file).toMatch(/variables\.test\.ts$/);
    }
  });
});
