import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import {
  arrows,
  besides,
  circlesIn,
  doors,
  foldersOf,
  importsOf as importsFrom,
  lowRooms,
  purposeOf,
  roomOf,
  sources as sourcesOf,
} from '../scripts/rooms.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const sources = (folder: string): readonly string[] => sourcesOf(root, folder);
const importsOf = (file: string): readonly string[] => importsFrom(root, file);

test('every import follows an arrow; none runs back', () => {
  const wrong: string[] = [];
  for (const file of sources('engine')) {
    const folder = roomOf(file);
    if (doors.includes(folder)) continue;
    for (const target of importsOf(file)) {
      const to = roomOf(target);
      if (to !== folder && !arrows[folder]?.includes(to)) wrong.push(`${file} -> ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the arrows make no circle: each points to a folder above it in the list', () => {
  const order = Object.keys(arrows);
  const back = Object.entries(arrows).flatMap(([from, targets]) =>
    targets
      .filter((to) => order.indexOf(to) >= order.indexOf(from))
      .map((to) => `${from} -> ${to}`),
  );
  expect(back).toEqual([]);
});

test('state and hosts of the run know none of the rooms above them', () => {
  const found = Object.keys(lowRooms).map((room) => [room, besides(root, room)]);
  expect(Object.fromEntries(found)).toEqual(lowRooms);
});

test('what is shipped uses only the public API', () => {
  const wrong = ['kubernetes', 'roles', 'playbooks'].flatMap((folder) =>
    sources(folder).flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('engine/'))
        .map((target) => `${file} -> ${target}`),
    ),
  );
  expect(wrong).toEqual([]);
});

const all = [
  'engine',
  'kubernetes',
  'roles',
  'playbooks',
  'lab',
  'scripts',
  'bench',
  'test',
].flatMap(sources);

test('no files import each other, not by a type and not on a long way', () => {
  const files = ['engine', 'kubernetes', 'lab', 'roles', 'playbooks'].flatMap(sources);
  expect(circlesIn(root, files)).toEqual([]);
});

test('a folder holds at most twenty files', () => {
  const full = all
    .map((file) => dirname(file))
    .filter((folder, index, folders) => folders.indexOf(folder) === index)
    .filter((folder) => all.filter((file) => dirname(file) === folder).length > 20);
  expect(full).toEqual([]);
});

test('each folder of the engine says in its first lines what it is for', () => {
  const folders = ['engine', 'kubernetes'].flatMap((folder) => foldersOf(root, folder));
  const silent = folders.filter((folder) => !purposeOf(root, folder));
  expect(silent).toEqual([]);
});

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
