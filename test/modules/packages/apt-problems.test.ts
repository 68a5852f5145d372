/** What apt refuses, in check: a failure with fresh lists, a doubt with old ones. */
import { describe, expect, test } from 'vitest';
import { apt } from '../../../engine/modules/packages/apt/index.ts';
import { testModule } from '../../../engine/testing.ts';
import { isChange, planned } from '../planning.ts';

const simulated = (problem: string) => ({ 'simulation 0': { installs: {}, removes: [], problem } });

describe('what apt cannot do', () => {
  const lists = (age: number) => ({ 'age of the lists': { present: true, age } });
  const unknown = simulated('Unable to locate package nosuchpkg');
  testModule(
    apt,
    [
      {
        name: 'fails check with lists that were fetched lately',
        want: { name: 'nosuchpkg' },
        is: { ...unknown, ...lists(60) },
        check: true,
        fails: /^apt knows no package nosuchpkg$/,
      },
      {
        name: 'fails so for a version that nobody has',
        want: { name: 'tpkg=99' },
        is: { ...simulated("Version '99' for 'tpkg' was not found"), ...lists(60) },
        check: true,
        fails: /^no repository of this host has tpkg 99$/,
      },
      {
        name: 'and for a package that is only named by others',
        want: { name: 'gone' },
        is: {
          ...simulated("Package 'gone' has no installation candidate"),
          ...lists(60),
        },
        check: true,
        fails: /^no repository of this host offers gone$/,
      },
    ],
    test,
  );

  test('is in uncertainBecause with old lists, since the run fetches new ones', () => {
    const plan = planned(
      apt,
      { name: 'nosuchpkg' },
      { ...unknown, ...lists(5 * 86_400) },
      { check: true },
    );
    expect(isChange(plan).uncertainBecause).toBe(
      'with package lists that are 5 days old, apt knows no package nosuchpkg; the run fetches new ones',
    );
  });
});
