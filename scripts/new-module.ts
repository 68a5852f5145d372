/** `npm run new:module <name>`: the files that a new module begins with, green from the start. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fileNameOf, moduleText, testText, type Imports } from '../engine/cli/module-scaffold.ts';

const imports: Imports = {
  module: `import { z } from 'zod';
import { defineModule } from '../dsl/define-module.ts';
import { change, same, unpredictable } from '../module/plan.ts';
import { file } from '../readers/file.ts';
import { sh } from '../shell/script.ts';`,
  reader: 'file',
  test: `import { test } from 'vitest';
import { TestHost, testModule } from '../../engine/testing.ts';`,
};

/**
 * Writes the module, its test and its export.
 * @param root of the repository
 * @param name camelCase
 * @returns paths that were written
 */
export function newModule(root: string, name: string): readonly string[] {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) throw new Error(`${name} is not camelCase`);
  const file = fileNameOf(name);
  const written = new Map([
    [`engine/modules/${file}.ts`, moduleText(name, imports)],
    [`test/modules/${file}.test.ts`, testText(name, `../../engine/modules/${file}.ts`, imports)],
  ]);
  for (const path of written.keys()) {
    if (existsSync(join(root, path))) throw new Error(`${path} is there already`);
  }
  for (const [path, text] of written) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const index = 'engine/modules/index.ts';
  const [comment = '', ...lines] = readFileSync(join(root, index), 'utf8').trimEnd().split('\n');
  lines.push(`export { ${name} } from './${file}.ts';`);
  writeFileSync(join(root, index), `${[comment, ...lines.toSorted()].join('\n')}\n`);
  return [...written.keys(), index];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const [name] = process.argv.slice(2);
  if (name === undefined) {
    process.stderr.write('npm run new:module <name>: a camelCase name, as authorizedKey\n');
    process.exitCode = 1;
  } else {
    for (const path of newModule(root, name)) process.stdout.write(`wrote ${path}\n`);
    process.stdout.write('then: npm run docs\n');
  }
}
