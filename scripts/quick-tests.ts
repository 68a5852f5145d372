/**
 * Which unit tests start programs (shells, sshd, ssh): those take minutes on a small machine. The
 * rest is what `npm run check` runs; `npm test` runs all.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What starts programs when a test imports it. */
const starters =
  /^engine\/(transport\/(?!transport)|shell\/session\/(host-connection|open-session)|testing(?!\/surroundings))/;

/** They start no program and still take seconds each. */
export const thoroughTests = [
  'test/plan/scale.test.ts',
  'test/roles/every-role/every-role.test.ts',
  'test/roles/site.test.ts',
  'test/scripts/new-module.test.ts',
  'test/secrets/properties.test.ts',
  'test/secrets/scale.test.ts',
];

/**
 * @param root of the repository
 * @returns paths of test files that start programs, themselves or through what they share
 */
export function testsThatStartPrograms(root: string): string[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('test', path));
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const known = new Map<string, boolean>();
  const starts = (file: string): boolean => {
    const before = known.get(file);
    if (before !== undefined) return before;
    known.set(file, false);
    const text = texts.get(file) ?? '';
    const imported = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path]) =>
      join(dirname(file), path ?? ''),
    );
    const found =
      text.includes("'node:child_process'") ||
      imported.some((path) => starters.test(path) || (texts.has(path) && starts(path)));
    known.set(file, found);
    return found;
  };
  return files.filter((file) => file.endsWith('.test.ts') && starts(file));
}
