/** `npm run new:module <room> <name>`: the files that a new module begins with, green from the start. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  fileNameOf,
  moduleText,
  testText,
  type Imports,
} from '../engine/cli/new-module/scaffold.ts';

const imports: Imports = {
  module: `import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { change, same, unpredictable } from '../../module/plan.ts';
import { file } from '../../readers/files/file.ts';
import { sh } from '../../shell/script.ts';`,
  reader: 'file',
  test: `import { test } from 'vitest';
import { TestHost, testModule } from '../../../engine/testing.ts';`,
};

/**
 * Writes the module, its test and its export.
 * @param root of the repository
 * @param room the folder of `engine/modules` that says what it is about
 * @param name camelCase
 * @returns paths that were written
 */
export function newModule(root: string, room: string, name: string): readonly string[] {
  const rooms = roomsOf(root);
  if (!rooms.includes(room)) throw new Error(`no folder ${room}; there are ${rooms.join(', ')}`);
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) throw new Error(`${name} is not camelCase`);
  const file = fileNameOf(name);
  const written = new Map([
    [`engine/modules/${room}/${file}.ts`, moduleText(name, imports)],
    [
      `test/modules/${room}/${file}.test.ts`,
      testText(name, `../../../engine/modules/${room}/${file}.ts`, imports),
    ],
  ]);
  for (const path of written.keys()) {
    if (existsSync(join(root, path))) throw new Error(`${path} is there already`);
  }
  for (const [path, text] of written) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const index = `engine/modules/${room}/index.ts`;
  const [comment = '', ...lines] = readFileSync(join(root, index), 'utf8').trimEnd().split('\n');
  lines.push(`export { ${name} } from './${file}.ts';`);
  writeFileSync(join(root, index), `${[comment, ...lines.toSorted()].join('\n')}\n`);
  return [...written.keys(), index];
}

/** `shared` holds what modules stand on, and no module. */
const roomsOf = (root: string): readonly string[] =>
  readdirSync(join(root, 'engine/modules'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
    .map(({ name }) => name)
    .toSorted();

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const [room, name] = process.argv.slice(2);
  if (room === undefined || name === undefined) {
    process.stderr.write(
      `npm run new:module <room> <name>: a camelCase name, as in accounts authorizedKey; rooms: ${roomsOf(root).join(', ')}\n`,
    );
    process.exitCode = 1;
  } else {
    for (const path of newModule(root, room, name)) process.stdout.write(`wrote ${path}\n`);
    process.stdout.write('then: npm run docs\n');
  }
}
