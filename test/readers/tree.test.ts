import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { tree } from '../../engine/readers/tree.ts';
import { shells } from '../../engine/testing.ts';
import { askOne, folder, nobody, valueOf } from './asking.ts';

describe.each(shells)('tree reader under %s', (shell) => {
  test('all below the folder is listed, whatever its name, links not followed', async () => {
    const at = folder();
    mkdirSync(`${at}/sub`);
    writeFileSync(`${at}/sub/new\nline: "x"`, 'ab');
    symlinkSync('/etc', `${at}/link`);
    const value = await valueOf(tree(at), { shell });
    const entries = value.kind === 'tree' ? value.entries : [];
    const seen = entries.map(({ path, type }) => `${type} ${path}`);
    expect(seen.toSorted()).toEqual([
      `directory ${at}/sub`,
      `file ${at}/sub/new\nline: "x"`,
      `link ${at}/link`,
    ]);
  });

  test('an empty folder has no entries, a missing one is absent', async () => {
    const at = folder();
    expect(await valueOf(tree(at), { shell })).toEqual({ kind: 'tree', entries: [] });
    expect((await askOne(tree(`${at}/none`), { shell })).answer).toBe('absent');
  });

  test('a folder that cannot be listed whole is denied', async () => {
    const at = folder();
    mkdirSync(`${at}/closed`);
    chmodSync(`${at}/closed`, 0o700);
    const answer = await askOne(tree(at), { shell, uid: nobody });
    expect(answer).toMatchObject({ answer: 'denied', why: expect.stringContaining('closed') });
  });
});
