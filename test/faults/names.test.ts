/** Names of files, as whoever may write in a folder may give them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { file } from '../../engine/modules/files/file/index.ts';
import { find } from '../../engine/modules/files/find.ts';
import { mirror } from '../../engine/modules/files/mirror/index.ts';
import { unarchive } from '../../engine/modules/files/unarchive/index.ts';
import { TestHost } from '../../engine/testing.ts';
import { report } from './trial.ts';

const names: readonly string[] = [
  'line\nbreak',
  '\n',
  ' ',
  '-rf',
  '--checkpoint-action=exec=touch ran',
  '$(touch ran)',
  '`touch ran`',
  '; touch ran',
  `q'u"o`,
  'back\\nslash',
  'a:b',
  '*',
  '[a]',
  '{}',
  '..x',
  '%s%n',
  '\u001b[31m',
  '\u202e',
  'x'.repeat(250),
];

const ordered = (list: readonly string[]): string => JSON.stringify(list.toSorted());

describe('names that were given to hurt', () => {
  const host = new TestHost({ facts: { has: { tar: true } } });
  const base = mkdtempSync(`${tmpdir()}/tsplay-names-`);
  const [source, only] = [`${base}/source`, `${base}/only`];
  /** Of a folder that the work fills or empties: those that it has, and has not, afterwards. */
  const below = (at: string): string => ordered(readdirSync(at));
  const filled = (): string => {
    const at = mkdtempSync(`${base}/filled-`);
    for (const name of names) writeFileSync(`${at}/${name}`, '');
    return at;
  };
  beforeAll(() => {
    for (const at of [source, only]) mkdirSync(at);
    for (const name of names) writeFileSync(`${source}/${name}`, name);
    writeFileSync(`${only}/one`, '');
    execFileSync('tar', ['-cf', `${base}/all.tar`, '-C', source, '.']);
  });
  afterAll(() => rmSync(base, { recursive: true }));

  const works: Readonly<Record<string, () => Promise<boolean>>> = {
    find: async () => {
      const { result } = await host.apply(find, { paths: source, hidden: true });
      return ordered(result.paths) === ordered(names.map((name) => `${source}/${name}`));
    },
    mirror: async () => {
      const at = mkdtempSync(`${base}/mirror-`);
      await host.apply(mirror, { src: source, dest: at });
      return below(at) === ordered(names);
    },
    'mirror with delete': async () => {
      const at = filled();
      await host.apply(mirror, { src: only, dest: at, delete: true });
      return below(at) === ordered(['one']);
    },
    unarchive: async () => {
      const at = mkdtempSync(`${base}/unarchive-`);
      await host.apply(unarchive, { src: `${base}/all.tar`, dest: at });
      const unpacked = readdirSync(at).filter((name) => !name.startsWith('.play-unpacked-'));
      return ordered(unpacked) === ordered(names);
    },
    'copy and remove': async () => {
      const at = mkdtempSync(`${base}/copy-`);
      for (const name of names)
        await host.apply(copy, { content: 'x', dest: `${at}/${name}`, mode: '0600' });
      const written = below(at) === ordered(names);
      for (const name of names) await host.apply(file, { path: `${at}/${name}`, state: 'absent' });
      return written && below(at) === '[]';
    },
    'modes of a tree': async () => {
      const at = filled();
      await host.apply(file, { path: at, state: 'directory', recurse: true, mode: '0700' });
      return below(at) === ordered(names);
    },
  };

  test('are names, whatever is done with their files', async (context) => {
    const missed: string[] = [];
    for (const [name, work] of Object.entries(works)) {
      const right = await work().catch((error: unknown) => String(error));
      if (right !== true) missed.push(`${name}: ${right}`);
      if (existsSync('ran')) missed.push(`${name}: a name was run`);
      rmSync('ran', { force: true });
    }
    const count = Object.keys(works).length;
    report(context, {
      fault: `${names.length} names of files (line breaks, options of tar and rm, commands, wildcards, formats, escapes of a terminal, 250 characters): ${Object.keys(works).join(', ')}`,
      promise: 'each is taken as the name that it is, and nothing of it is run',
      tried: count,
      held: Math.max(0, count - missed.length),
      missed,
    });
  }, 240_000);
});
