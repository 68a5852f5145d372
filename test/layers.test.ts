import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * What each folder of the engine may import, lowest first; a type is an arrow as much as a value.
 * `quote` is one file of the shell, below everything that starts a program.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  'did-you-mean': [],
  secrets: ['errors'],
  quote: ['errors'],
  transport: ['errors', 'secrets', 'quote'],
  shell: ['errors', 'secrets', 'quote', 'transport'],
  template: ['errors', 'did-you-mean', 'secrets'],
  module: ['errors', 'secrets', 'quote', 'shell'],
  readers: ['errors', 'quote', 'shell', 'module'],
  inventory: ['errors', 'did-you-mean', 'secrets', 'transport'],
  pki: ['errors', 'secrets'],
  dsl: ['errors', 'secrets', 'module', 'inventory'],
  modules: ['errors', 'secrets', 'quote', 'shell', 'module', 'readers', 'pki', 'dsl'],
  plan: ['errors', 'did-you-mean', 'secrets', 'dsl', 'inventory'],
  report: ['errors', 'secrets', 'module'],
  controller: ['errors', 'secrets', 'shell', 'template', 'module', 'dsl', 'plan'],
  run: [
    'errors',
    'secrets',
    'transport',
    'shell',
    'template',
    'module',
    'inventory',
    'dsl',
    'plan',
    'report',
    'controller',
  ],
  cli: [
    'errors',
    'did-you-mean',
    'secrets',
    'shell',
    'module',
    'inventory',
    'dsl',
    'modules',
    'plan',
    'report',
    'controller',
    'run',
    'lab',
    'roles',
  ],
};

/** These gather what others made, and nothing of the engine imports them. */
const doors = ['index', 'testing'];

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path));

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import\()\s*'(\.[^']+)'|^import '(\.[^']+)'/gm);
  return [...found].map(([, from, bare]) => {
    return relative(root, resolve(root, dirname(file), from ?? bare ?? ''));
  });
}

/** `engine/report/json.ts` is of `report`, `engine/errors.ts` of `errors`, `lab/x.ts` of `lab`. */
function folderOf(path: string): string {
  if (path === 'engine/shell/quote.ts') return 'quote';
  const [top = '', second = ''] = path.split('/');
  return top === 'engine' ? second.replace(/\.ts$/, '') : top;
}

test('every import follows an arrow; none runs back', () => {
  const wrong: string[] = [];
  for (const file of sources('engine')) {
    const folder = folderOf(file);
    if (doors.includes(folder)) continue;
    for (const target of importsOf(file)) {
      const to = folderOf(target);
      if (to !== folder && !arrows[folder]?.includes(to)) wrong.push(`${file} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the arrows make no circle: each points to a folder above it in the list', () => {
  const order = Object.keys(arrows);
  const back = Object.entries(arrows).flatMap(([from, targets]) =>
    targets
      .filter((to) => to !== 'lab' && to !== 'roles' && order.indexOf(to) >= order.indexOf(from))
      .map((to) => `${from} -> ${to}`),
  );
  expect(back).toEqual([]);
});

test('what is shipped uses only the public API', () => {
  const wrong = ['roles', 'playbooks'].flatMap((folder) =>
    sources(folder).flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('engine/'))
        .map((target) => `${file} -> ${target}`),
    ),
  );
  expect(wrong).toEqual([]);
});

const all = ['engine', 'roles', 'playbooks', 'lab', 'scripts', 'bench', 'test'].flatMap(sources);

test('no file is longer than 400 lines', () => {
  const long = all.filter(
    (file) => readFileSync(join(root, file), 'utf8').split('\n').length > 401,
  );
  expect(long).toEqual([]);
});

test('half of the files of the engine are shorter than 100 lines', () => {
  const lengths = sources('engine')
    .map((file) => readFileSync(join(root, file), 'utf8').split('\n').length)
    .toSorted((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(100);
});

test('names say what a file is about', () => {
  const vague = all.filter((file) =>
    /(^|[/-])(utils?|helpers?|managers?|misc)([/.-])/.test(file.replace(/^roles\//, '')),
  );
  expect(vague).toEqual([]);
});

test('only the terminal writes to the console, only quote.ts quotes', () => {
  const engine = sources('engine');
  const writing = engine.filter((file) =>
    /console\.|process\.std(out|err)\b/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(writing).toEqual(['engine/cli/terminal.ts']);
  const quoting = engine.filter((file) =>
    readFileSync(join(root, file), 'utf8').includes("'\\\\''"),
  );
  // The redactor hides what quote makes of a secret.
  expect(quoting).toEqual(['engine/secrets/forms.ts', 'engine/shell/quote.ts']);
});
