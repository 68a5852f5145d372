import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listing, type ListingValue } from '../../../engine/readers/files/listing.ts';
import { tree, type TreeValue } from '../../../engine/readers/files/tree.ts';
import { shells } from '../../../engine/testing.ts';
import { askOne, folder, nobody, valueOf } from '../asking.ts';

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

  test('names that look like an entry are names, and what parts answers is in no argument', async () => {
    const at = folder();
    const forged = `${at}/x\n=81a4:0:0:1:1:1:1:1:1:root:root:`;
    mkdirSync(`${forged}${at}`, { recursive: true });
    writeFileSync(`${forged}${at}/passwd`, '');
    const kinds = new Set<string>();
    for (const read of [tree(at), listing({ path: at })]) {
      const value = await valueOf<TreeValue | ListingValue>(read, { shell });
      const entries = 'entries' in value ? value.entries : [];
      expect(entries.filter(({ path }) => !path.startsWith(forged))).toEqual([]);
      expect(entries.at(-1)?.path).toBe(`${forged}${at}/passwd`);
      kinds.add(value.kind);
      for (const [, argument] of read.reader.script([read.key], 'MARK').matchAll(/-exec (.*)/g))
        expect(argument?.replace(/&& printf.*/, '')).not.toContain('MARK');
    }
    expect([...kinds]).toEqual(['tree', 'listing']);
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
