import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const typeTests = readdirSync(here).filter((name) => name.endsWith('.test-d.ts'));

/** Compiles files with the options that a strict user has. */
function compile(files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'types-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = join(folder, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        skipLibCheck: true,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: [],
      files,
    }),
  );
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const words = [join(dirname(manifest), 'bin/tsc'), '--project', config];
  const { stdout, error } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  if (error) throw error;
  return stdout;
}

describe('the public API in a strict repository', { timeout: 120_000 }, () => {
  test('what should compile does, and every misuse is refused', () => {
    expect(typeTests.length).toBeGreaterThan(0);
    expect(compile(typeTests.map((name) => join(here, name)))).toBe('');
  });

  test('a misuse that compiled would be found', () => {
    const file = join(root, 'test/types', `unused-${process.pid}.test-d.ts`);
    onTestFinished(() => rmSync(file));
    const use = `import { fail } from 'tsplay';\n// @ts-expect-error nothing is wrong\n`;
    writeFileSync(file, `${use}fail('x', { message: 'no' });\n`);
    expect(compile([file])).toContain("Unused '@ts-expect-error' directive");
  });
});

test.each(typeTests)('in %s every misuse says what is wrong', (name) => {
  const bare = readFileSync(join(here, name), 'utf8').match(/@ts-expect-error\s*$/gm);
  expect(bare).toBeNull();
});
