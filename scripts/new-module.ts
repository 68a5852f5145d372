/** `npm run new:module <name>`: the files that a new module begins with, green from the start. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Writes the module, its test and its export.
 * @param root of the repository
 * @param name camelCase
 * @returns paths that were written
 */
export function newModule(root: string, name: string): readonly string[] {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) throw new Error(`${name} is not camelCase`);
  const file = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const written = new Map([
    [`engine/modules/${file}.ts`, moduleText(name)],
    [`test/modules/${file}.test.ts`, testText(name, file)],
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

function moduleText(name: string): string {
  return `import { z } from 'zod';
import { defineModule } from '../dsl/define-module.ts';
import { change, same, unpredictable } from '../module/plan.ts';
import { file } from '../readers/file.ts';
import { sh } from '../shell/script.ts';
import { absolutePath } from './argument.ts';

/** An empty file is there: put your own state in its place. */
export const ${name} = defineModule({
  name: '${name}',
  summary: 'Makes sure that a file is there.',
  args: z.strictObject({ path: absolutePath.describe('path on the host') }),
  example: \`${name}('flag is set', { path: '/etc/flag' })\`,
  reads: (want) => ({ file: file({ path: want.path }) }),
  plan(want, is) {
    if (is.file) return same({});
    return change({
      differences: [{ what: 'file', from: undefined, to: want.path }],
      script: sh\`: > \${want.path}\`,
      after: [unpredictable(file({ path: want.path }))],
      touches: { paths: [want.path] },
      result: {},
    });
  },
});
`;
}

function testText(name: string, file: string): string {
  return `import { expect, test } from 'vitest';
import { ${name} } from '../../engine/modules/${file}.ts';
import { planned } from './planning.ts';

test('a file that is absent is made', () => {
  const plan = planned(${name}, { path: '/etc/flag' }, { file: undefined });
  expect(plan).toMatchObject({ plan: 'change', script: { text: ': > /etc/flag' } });
});
`;
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
