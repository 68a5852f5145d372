/** Where paths lead on a real file system, as each shell finds it. */
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { machine } from '../../engine/module/machine.ts';
import { mountTable } from '../../engine/module/mount-table.ts';
import { way } from '../../engine/module/read-ways.ts';
import { followWay, linksAllowed, type Way } from '../../engine/module/way.ts';
import { shells, TestHost } from '../../engine/testing.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'play-ways-'));
  chmodSync(path, 0o755);
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function waysOf(
  paths: readonly string[],
  options: ConstructorParameters<typeof TestHost>[0],
): Promise<readonly Way[]> {
  const answers = await new TestHost(options).ask(paths.map((path) => way(path)));
  return answers.map((each) => {
    if (each.answer !== 'value') throw new Error(each.answer);
    return each.value;
  });
}

const oddNames = [
  '-l',
  "it's",
  'new\nline',
  'ends\n',
  '$HOME `id`',
  'ünï ☃',
  'back\\slash',
  '*?[a]',
];

describe.each(shells)('ways of paths under %s', (shell) => {
  test('are followed through links in links, up, and to what is not there', async () => {
    const at = folder();
    mkdirSync(`${at}/real/sub`, { recursive: true });
    symlinkSync('real', `${at}/cur`);
    symlinkSync(`${at}/cur`, `${at}/outer`);
    symlinkSync('../outer/new', `${at}/real/dangling`);
    const asked = [
      `${at}/outer/sub`,
      `${at}/real/dangling`,
      `${at}/none/../cur/x/y`,
      `${at}/cur/sub/../..`,
      '/',
    ];
    const found = await waysOf(asked, { shell });
    expect(found.map(({ name, end }) => [name, end])).toEqual([
      [`${at}/real/sub`, `${at}/real/sub`],
      [`${at}/real/dangling`, `${at}/real/new`],
      [`${at}/real/x/y`, `${at}/real/x/y`],
      [at, at],
      ['/', '/'],
    ]);
    expect(found[0]?.links.map((link) => link.at)).toEqual([`${at}/outer`, `${at}/cur`]);
    expect(found[0]?.folder).toBe(true);
    expect(found[2]?.left).toEqual([`${at}/none`]);
  });

  test('end in a loop of links where the host gives up', async () => {
    const at = folder();
    symlinkSync('two', `${at}/one`);
    symlinkSync('one', `${at}/two`);
    const [loop] = await waysOf([`${at}/one`], { shell });
    expect(loop?.name).toBe(`${at}/one`);
    expect(loop?.links).toHaveLength(linksAllowed);
  });

  test('hold odd names, one link or many in a folder', async () => {
    const at = folder();
    for (const name of oddNames) symlinkSync(`to ${name}`, `${at}/${name}`);
    const all = await waysOf(
      oddNames.map((name) => `${at}/${name}`),
      { shell },
    );
    expect(all.map(({ end }) => end)).toEqual(oddNames.map((name) => `${at}/to ${name}`));
    for (const name of oddNames) {
      const [one] = await waysOf([`${at}/${name}/x`], { shell });
      expect(one?.end).toBe(`${at}/to ${name}/x`);
    }
  });

  test('tell of a file of two names that it is one', async () => {
    const at = folder();
    writeFileSync(`${at}/one`, '');
    linkSync(`${at}/one`, `${at}/-two\n`);
    symlinkSync('one', `${at}/link`);
    writeFileSync(`${at}/alone`, '');
    const names = ['one', '-two\n', 'link', 'alone'];
    const found = await waysOf(
      names.map((name) => `${at}/${name}`),
      { shell },
    );
    const [one, two, link, alone] = found.map(({ inode }) => inode);
    expect(one).toMatch(/^\d+:\d+$/);
    expect([two, link, alone]).toEqual([one, one, undefined]);
  });

  test('are many in one answer', async () => {
    const at = folder();
    const paths = Array.from({ length: 3000 }, (_, index) => `${at}/a-rather-long-name-${index}`);
    symlinkSync('elsewhere', paths[2999] ?? '');
    const found = await waysOf(paths, { shell });
    expect(found[0]?.end).toBe(paths[0]);
    expect(found[2999]?.end).toBe(`${at}/elsewhere`);
  });

  test('are as written below a folder that the user may not search', async () => {
    const at = folder();
    mkdirSync(`${at}/closed`);
    symlinkSync('closed', `${at}/open`);
    symlinkSync('elsewhere', `${at}/closed/link`);
    chmodSync(`${at}/closed`, 0o700);
    const [found] = await waysOf([`${at}/open/link/x`], { shell, uid: 65534 });
    expect(found?.end).toBe(`${at}/closed/link/x`);
  });

  test('machine and mount table are read with builtins', async () => {
    const on = new TestHost({ shell });
    const [system] = await on.ask([machine('host')]);
    const [table] = await on.ask([mountTable('host')]);
    expect(system?.answer).toMatch(/^(value|absent)$/);
    expect(table?.answer).toBe('value');
  });
});

test('a way that leaves a folder says so, and one without links ends where it begins', () => {
  const none = (): undefined => undefined;
  expect(followWay('/a/../b//./c/', none)).toEqual({
    name: '/b/c',
    end: '/b/c',
    links: [],
    left: ['/a'],
  });
  expect(followWay('/..', none)).toMatchObject({ end: '/', left: [] });
});
