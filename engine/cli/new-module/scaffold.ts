/** What a new module and its test begin with, green from the start. */

/** What differs between a module of a user's repository and one of this. */
export interface Imports {
  /** Lines of the module; the reader of files is called `reader` there. */
  readonly module: string;
  readonly reader: string;
  /** Lines of the test, without that of the module itself. */
  readonly test: string;
}

export const userImports: Imports = {
  module: `import { change, defineModule, readers, same, sh, unpredictable, z } from 'tsplay';`,
  reader: 'readers.file',
  test: `import test from 'node:test';
import { TestHost, testModule } from 'tsplay/testing';`,
};

/** `gitConfig` is in `git-config.ts`. */
export const fileNameOf = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @param name camelCase */
export function moduleText(name: string, { module, reader }: Imports): string {
  return `${module}

/** An empty file is there: put your own state in its place. */
export const ${name} = defineModule({
  name: '${name}',
  summary: 'Makes sure that a file is there.',
  args: z.strictObject({
    path: z.string().startsWith('/').describe('path on the host'),
  }),
  example: \`${name}('flag is set', { path: '/etc/flag' })\`,
  reads: (want) => ({ file: ${reader}({ path: want.path }) }),
  plan(want, is) {
    if (is.file) return same({});
    return change({
      differences: [{ what: 'file', from: undefined, to: want.path }],
      script: sh\`: > \${want.path}\`,
      after: [unpredictable(${reader}({ path: want.path }))],
      invalidates: { paths: [want.path] },
      result: {},
    });
  },
});
`;
}

/** @param from the import path of the module */
export function testText(name: string, from: string, { test }: Imports): string {
  return `import { deepStrictEqual } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
${test}
import { ${name} } from '${from}';

// Tables: what is wanted, what is there, and what the plan must answer. Nothing runs.
testModule(
  ${name},
  [
    {
      name: 'a file that is absent is made',
      want: { path: '/etc/flag' },
      plan: 'change',
      script: [': > /etc/flag'],
    },
    { name: 'a path must be absolute', want: { path: 'flag' }, fails: /start with/ },
  ],
  test,
);

// This machine's shell: read, plan, apply, read again.
test('the first run changes, the second does not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'module-'));
  try {
    const host = new TestHost();
    const want = { path: join(folder, 'flag') };
    const changed = [await host.apply(${name}, want), await host.apply(${name}, want)];
    deepStrictEqual(changed.map((step) => step.changed), [true, false]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
`;
}
