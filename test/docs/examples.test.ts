/** Every example in a doc comment of a public export compiles, as a user would write it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { entries, exportsOf, root, type PublicExport } from './public-exports.ts';

const all = Object.keys(entries).flatMap(exportsOf);

/** Imports of what the example names, unless it begins with its own. */
function withImports(code: string): string {
  if (code.startsWith('import ')) return code;
  const declared = new Set(
    [...code.matchAll(/^(?:export )?(?:const|function|class) (\w+)/gm)].map(([, name]) => name),
  );
  const names = new Map([['z', { entry: 'tsplay', isType: false }]]);
  for (const { name, entry, isType } of all) {
    const first = name.split('.')[0] ?? '';
    if (!names.has(first)) names.set(first, { entry, isType: isType && first === name });
  }
  const imports = [...names]
    .filter(([name]) => !declared.has(name) && new RegExp(`(?<![.\\w])${name}\\b`).test(code))
    .map(
      ([name, { entry, isType }]) => `import { ${isType ? 'type ' : ''}${name} } from '${entry}';`,
    );
  return [...imports, code, 'export {};\n'].join('\n');
}

type Exemplified = Pick<PublicExport, 'entry' | 'name' | 'examples'>;

/** @returns what the compiler says: a line for each mistake, which begins with the export's name */
function compile(examples: readonly Exemplified[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'examples-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/tsplay'));
  const codes = examples.flatMap(({ entry, name, examples: own }) =>
    own.map((code) => ({ code, name: `${entry.replace('/', '.')}.${name}` })),
  );
  // Numbered, for `Secret` and `secret` are one name to some file systems.
  const files = codes.map(({ name, code }, index) => {
    const file = `${name}.${index + 1}.mts`;
    writeFileSync(join(folder, file), withImports(code));
    return file;
  });
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { declaration: false, typeRoots: [join(root, 'node_modules/@types')] },
      include: [],
      files,
    }),
  );
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const words = [join(dirname(manifest), 'bin/tsc'), '--project', folder];
  const { stdout, error } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  if (error) throw error;
  return stdout;
}

test('every example compiles', () => {
  expect(all.filter(({ examples }) => examples.length > 0).length).toBeGreaterThan(40);
  expect(compile(all)).toBe('');
});

test('an example that does not compile is named', () => {
  const broken = ['const word: number = quote("it\'s");'];
  const said = compile([{ entry: 'tsplay', name: 'quote', examples: broken }]);
  expect(said).toMatch(/^tsplay\.quote\.1\.mts\(\d+,\d+\): error TS2322/);
});
