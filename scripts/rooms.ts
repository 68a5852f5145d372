/** The folders of the source and the arrows between them: for the layer test and docs/design.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

/**
 * What each folder of the engine may import, lowest first; a type is an arrow as much as a value.
 * `quote` is one file of the shell, below everything that starts a program.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  'did-you-mean': [],
  glob: [],
  digest: [],
  secrets: ['errors'],
  quote: ['errors'],
  transport: ['errors', 'glob', 'secrets', 'quote'],
  shell: ['errors', 'digest', 'secrets', 'quote', 'transport'],
  template: ['errors', 'did-you-mean', 'secrets'],
  module: ['errors', 'secrets', 'quote', 'shell'],
  readers: ['errors', 'digest', 'quote', 'shell', 'module'],
  inventory: ['errors', 'did-you-mean', 'glob', 'secrets', 'transport'],
  pki: ['errors', 'secrets'],
  dsl: ['errors', 'secrets', 'module', 'inventory'],
  modules: [
    'errors',
    'digest',
    'glob',
    'secrets',
    'quote',
    'shell',
    'module',
    'readers',
    'pki',
    'dsl',
  ],
  plan: ['errors', 'did-you-mean', 'digest', 'glob', 'secrets', 'dsl', 'inventory'],
  report: ['errors', 'secrets', 'module'],
  controller: ['errors', 'digest', 'secrets', 'shell', 'template', 'module', 'dsl', 'plan'],
  run: [
    'errors',
    'digest',
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
    'quote',
    'shell',
    'module',
    'inventory',
    'dsl',
    'modules',
    'plan',
    'report',
    'controller',
    'run',
  ],
};

/**
 * Rooms of the run that have others above them only: what they may import of its rooms. The rest
 * work on one step of one host together, and still import each other.
 */
export const lowRooms: Readonly<Record<string, readonly string[]>> = {
  'engine/run/state': [],
  'engine/run/hosts': ['engine/run/state'],
};

/** The folders beside a room's own that its files import from. */
export const besides = (root: string, room: string): readonly string[] => {
  const found = sources(root, room).flatMap((file) => importsOf(root, file).map(dirname));
  return [...new Set(found)]
    .filter((folder) => folder !== room && dirname(folder) === dirname(room))
    .toSorted();
};

/** These gather what others made, and nothing of the engine imports them. */
export const doors: readonly string[] = ['index', 'testing'];

/** Paths of the TypeScript files of a folder, from the root. */
export const sources = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path))
    .toSorted();

/** What a file imports by a relative path, from the root. */
export function importsOf(root: string, file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import\()\s*'(\.[^']+)'|^import '(\.[^']+)'/gm);
  return [...found].map(([, from, bare]) =>
    relative(root, resolve(root, dirname(file), from ?? bare ?? '')),
  );
}

/** `engine/report/json.ts` is of `report`, `engine/errors.ts` of `errors`, `lab/x.ts` of `lab`. */
export function roomOf(path: string): string {
  if (path === 'engine/shell/quote.ts') return 'quote';
  const [top = '', second = ''] = path.split('/');
  return top === 'engine' ? second.replace(/\.ts$/, '') : top;
}

/** Files that import each other, be it on a long way, each group once. */
export function circlesIn(root: string, files: readonly string[]): readonly (readonly string[])[] {
  const imports = new Map(files.map((file) => [file, importsOf(root, file)]));
  const number = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  // Tarjan: a group is closed where no file of it reaches one that was opened before.
  const visit = (file: string): number => {
    const own = number.size;
    number.set(file, own);
    lowest.set(file, own);
    open.push(file);
    for (const target of imports.get(file) ?? []) {
      if (!imports.has(target)) continue;
      const known = number.get(target);
      const reached =
        known === undefined ? visit(target) : open.includes(target) ? known : Number.MAX_VALUE;
      lowest.set(file, Math.min(lowest.get(file) ?? own, reached));
    }
    const low = lowest.get(file) ?? own;
    if (low === own) {
      const group = open.splice(open.indexOf(file));
      if (group.length > 1) circles.push(group.toSorted());
    }
    return low;
  };
  for (const file of files) if (!number.has(file)) visit(file);
  return circles;
}

/** What a folder says of itself: the first lines of its README, else of its index.ts. */
export function purposeOf(root: string, folder: string): string | undefined {
  const read = (name: string): string | undefined =>
    readdirSync(join(root, folder)).includes(name)
      ? readFileSync(join(root, folder, name), 'utf8')
      : undefined;
  const readme = read('README.md')?.split('\n\n')[0]?.replaceAll('\n', ' ').trim();
  if (readme) return readme;
  const comment = /^\/\*\*\s*([\s\S]*?)\s*\*\//.exec(read('index.ts') ?? '')?.[1];
  return comment?.replaceAll(/\n \* ?/g, ' ').split('\n')[0];
}

/** A folder and those below it, by name. */
export const foldersOf = (root: string, folder: string): readonly string[] => [
  folder,
  ...readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted(),
];

/** The folders of the engine and of what stands beside it as a tree: what for, and where its arrows lead. */
export function folderTree(root: string): string {
  const folders = ['engine', 'kubernetes', 'bundle'].flatMap((folder) => foldersOf(root, folder));
  const lines = folders.map((folder) => {
    const depth = folder.split('/').length - 1;
    const name = `${'  '.repeat(depth)}${folder.split('/').at(-1)}/`;
    const [first = ''] = (purposeOf(root, folder) ?? '').split(/(?<=\.) /);
    const to = arrowsOf(root, folder, depth);
    const arrow = to.length === 0 ? '' : `\n${' '.repeat(24)}→ ${to.join(', ')}`;
    return `${name.padEnd(24)}${first}${arrow}`;
  });
  return lines.join('\n');
}

/** Those of the engine's rooms, and those between the rooms of the run. */
function arrowsOf(root: string, folder: string, depth: number): readonly string[] {
  if (dirname(folder) === 'engine/run') return besides(root, folder).map((to) => basename(to));
  return depth === 1 && folder.startsWith('engine/') ? arrowsFrom(root, folder) : [];
}

function arrowsFrom(root: string, folder: string): readonly string[] {
  const all = sources(root, folder).flatMap((file) => importsOf(root, file).map(roomOf));
  const own = roomOf(`${folder}/x.ts`);
  const order = Object.keys(arrows);
  return [...new Set(all)]
    .filter((room) => room !== own)
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
}
