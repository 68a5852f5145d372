/** What the tests need of a machine stands in one list, which the README's test command sees to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { remedyFor, testPrograms } from '../../scripts/test-programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What every Debian with Node has: its essential packages, apt, and Node's own programs. */
const everywhere = new Set(
  `apt-config apt-get awk bash cat chmod chown cksum cmp cp date dpkg-deb dpkg-query find grep id ln ls mkfifo mknod
  mktemp mount node npm printf rm sed sh sleep tail tar touch true umount uname`.split(/\s+/),
);

const nameOf = (program: string): string => program.slice(program.lastIndexOf('/') + 1);

test('.ci/run runs npm ci and the test command of the README, and installs nothing itself', () => {
  const lines = text('.ci/run')
    .split('\n')
    .map((line) => line.replace(/#.*/, ''));
  const [, command] = [...text('README.md').matchAll(/```sh\n([\s\S]*?)```/g)].map(
    ([, block = '']) => block.trim(),
  );
  expect(lines.some((line) => line.includes('npm ci'))).toBe(true);
  expect(lines.some((line) => line.startsWith(`${command} `))).toBe(true);
  expect(lines.filter((line) => /\b(apt|apt-get|dpkg|sudo|install)\b/.test(line))).toEqual([]);
});

test('the test command makes sure of the list before it tests anything', () => {
  const script = text('scripts/test.ts');
  expect(text('package.json')).toContain('"test": "tsx scripts/test.ts"');
  expect(script.indexOf('await haveTestPrograms()')).toBeGreaterThan(0);
  expect(script.indexOf('await haveTestPrograms()')).toBeLessThan(script.indexOf("step('format'"));
});

test('every program that a test starts is in the list, or on every Debian', () => {
  const listed = new Set(Object.keys(testPrograms).map(nameOf));
  // What comes in the same package as one of the list.
  const besides = {
    iptables: ['iptables-save'],
    passwd: ['chpasswd', 'userdel', 'usermod'],
    sudo: ['visudo'],
    gnupg: ['gpgconf'],
  };
  for (const [name, more] of Object.entries(besides))
    if (Object.values(testPrograms).includes(name)) for (const one of more) listed.add(one);
  const unlisted = startedPrograms().filter(
    ({ program }) => !listed.has(nameOf(program)) && !everywhere.has(nameOf(program)),
  );
  expect(startedPrograms().length).toBeGreaterThan(30);
  expect(unlisted).toEqual([]);
});

test('root with apt has what is missing installed, each package once', () => {
  expect(remedyFor({ absent: ['setfacl', 'getfacl', 'tmux'], mayInstall: true })).toEqual({
    install: ['acl', 'tmux'],
  });
});

test('anybody else is told all that is missing, and how to get it', () => {
  expect(remedyFor({ absent: ['/bin/busybox', 'setfacl'], mayInstall: false })).toEqual({
    refusal:
      'the tests need programs that are missing: /bin/busybox (package busybox-static), ' +
      'setfacl (package acl); as root: apt-get install --no-install-recommends acl busybox-static',
  });
});

test('where nothing is missing, nothing is installed', () => {
  expect(remedyFor({ absent: [], mayInstall: false })).toEqual({ install: [] });
});

/** Programs that are written out where a test starts them, or as the path of a shell. */
function startedPrograms(): { program: string; file: string }[] {
  const files = ['test', 'engine/testing'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && existsSync(join(root, folder, path)))
      .map((path) => join(folder, path)),
  );
  return files.flatMap((file) => {
    const source = text(file);
    const starters = ['spawn', 'spawnSync', 'execFile', 'execFileSync'];
    const own =
      /const (\w+) = (?:promisify\(execFile\)|\(program: string[^=]*=>\s*execFileSync\(program)/g;
    for (const [, name = ''] of source.matchAll(own)) starters.push(name);
    const started = new RegExp(`\\b(?:${starters.join('|')})\\(\\s*'([\\w./-]+)'`, 'g');
    const wrapping = /\bwrap(?: =|:) \['([\w/-]+)'/g;
    return [...source.matchAll(started), ...source.matchAll(wrapping)]
      .map(([, program = '']) => ({ program, file }))
      .filter(({ program }) => !program.startsWith('node_modules/'));
  });
}
