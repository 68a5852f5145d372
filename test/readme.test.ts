/** What the README tells a newcomer is so. */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { playFlags } from '../engine/cli/flags.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Files of the tour, by path. */
const tour = [...readme.matchAll(/<!-- file: (\S+) -->\n```\w+\n([\s\S]*?)```/g)].map(
  ([, path = '', text = '']) => ({ path, text }),
);

test('the first command does everything, the second passes the tests', () => {
  const [first, second] = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text);
  expect(first).toBe('npm ci && npx play lab up && npx play site.ts -i inventories/lab.yaml\n');
  expect(second).toBe('npm test\n');
});

test('its links lead somewhere', () => {
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('every flag it uses is one', () => {
  // Those of `play lab` and of the images of a lab are in tables of their own.
  const others = ['lab/command.ts', 'lab/kubernetes/images.ts'].flatMap((path) =>
    [...readFileSync(join(root, path), 'utf8').matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag),
  );
  const known = [...playFlags.map((flag) => `--${flag.name}`), ...others];
  const used = new Set([...readme.matchAll(/(?<=[\s`])--[a-z][a-z-]+/g)].map(([flag]) => flag));
  expect(used.size).toBeGreaterThan(5);
  expect([...used].filter((flag) => !known.includes(flag))).toEqual([]);
});

test('the tour can be followed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-tour-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'tsplay'));
  for (const { path, text } of tour) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  expect(tour.map(({ path }) => path)).toContain('playbooks/hello.ts');
  const inventory = join(root, 'inventories/lab.yaml');
  const argv = [join(root, 'bin/play.js'), 'hello.ts', '-i', inventory, '--list-tasks'];
  const { stdout } = await run(process.execPath, argv, { cwd: folder });
  for (const step of ['account ada', 'banner', 'sshd shows the banner']) {
    expect(stdout).toContain(step);
  }
});
