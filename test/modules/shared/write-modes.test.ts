/**
 * Every way in which modules make files: none is open to others for a moment when its mode says
 * that it is not. strace shows each mode that the kernel was given, and the umask it was cut by.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import type { ModuleConstructor } from '../../../engine/dsl/define-module.ts';
import { filesFrom } from '../../../engine/module/file-source.ts';
import type { Reads } from '../../../engine/module/module.ts';
import * as m from '../../../engine/modules/index.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { TestHost } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { serving } from '../serving.ts';

type Make = (host: TestHost, at: string, url: string) => Promise<unknown>;

/** @param args for the file `made` in a folder where `open`, `tree` and `tree.tar` are */
const of =
  <S extends z.ZodType, W, Rs extends Reads, R>(
    module: ModuleConstructor<S, W, Rs, R>,
    args: (at: string, url: string) => z.input<S>,
  ): Make =>
  (host, at, url) =>
    host.apply(module, args(at, url));

const mode = '0600';
const edited = (at: string) => ({ path: `${at}/made`, create: true, mode });
const one = filesFrom('one file', async () => [{ path: 'one', content: contentOf('secret') }]);

const unpacked = of(m.unarchive, (at) => ({
  remoteSrc: `${at}/tree.tar`,
  dest: at,
  mode: 'go=',
  strip: 1,
}));

const ways: readonly (readonly [label: string, make: Make, name?: string])[] = [
  ['copy', of(m.copy, (at) => ({ dest: `${at}/made`, content: 'secret', mode }))],
  ['copy there', of(m.copy, (at) => ({ dest: `${at}/made`, remoteSrc: `${at}/open`, mode }))],
  ['copy over', of(m.copy, (at) => ({ dest: `${at}/open`, content: 'secret', mode })), 'open'],
  ['file', of(m.file, (at) => ({ path: `${at}/made`, state: 'directory' as const, mode: '0700' }))],
  ['lineInFile', of(m.lineInFile, (at) => ({ ...edited(at), line: 'secret' }))],
  ['blockInFile', of(m.blockInFile, (at) => ({ ...edited(at), block: 'secret' }))],
  ['ini', of(m.ini, (at) => ({ ...edited(at), section: 's', option: 'a', value: 'secret' }))],
  ['json', of(m.json, (at) => ({ ...edited(at), key: 'a', value: 'secret' }))],
  ['yaml', of(m.yaml, (at) => ({ ...edited(at), key: 'a', value: 'secret' }))],
  ['toml', of(m.toml, (at) => ({ ...edited(at), key: 'a', value: 'secret' }))],
  ['envFile', of(m.envFile, (at) => ({ ...edited(at), set: { A: 'secret' } }))],
  ['mirror', of(m.mirror, (at) => ({ source: one, dest: at, mode })), 'one'],
  ['unarchive', unpacked, 'one'],
  ['getUrl', of(m.getUrl, (at, url) => ({ url: `${url}/secret`, dest: `${at}/made`, mode }))],
  ['privateKey', of(m.privateKey, (at) => ({ path: `${at}/made` }))],
  ['tempFile', of(m.tempFile, (at) => ({ folder: at, prefix: 'made' }))],
];

test.each(ways.map(([label, make, name = 'made']) => ({ label, make, name })))(
  '$label',
  async ({ make, name }) => {
    const at = folder();
    mkdirSync(`${at}/tree`);
    writeFileSync(`${at}/tree/one`, 'secret');
    chmodSync(`${at}/tree/one`, 0o644);
    writeFileSync(`${at}/open`, 'open');
    chmodSync(`${at}/open`, 0o644);
    execFileSync('tar', ['-cf', `${at}/tree.tar`, '-C', at, 'tree']);
    const { url } = await serving({ '/secret': 'secret' });
    const trace = `${folder()}/trace`;
    const wrap = ['strace', '-f', '-y', '-s', '400', '-A', '-e', calls, '-o', trace];
    await make(new TestHost({ wrap, facts: { has: { tar: true, gzip: true } } }), at, url);
    const path = readdirSync(at).find((each) => each.startsWith(name));
    expect(statSync(`${at}/${path}`).mode & 0o077).toBe(0);
    const text = readFileSync(trace, 'utf8');
    expect(text).toContain(at);
    // unarchive's own list of what it unpacked is for all to read
    const lists =
      make === unpacked ? [expect.stringMatching(/chmod.*\/\.play-[-\da-f]+", 0644\)/)] : [];
    expect(openedUp(text, at)).toEqual(lists);
  },
);

const calls =
  'trace=umask,openat,open,creat,mkdir,mkdirat,mknod,mknodat,/chmod,clone,clone3,fork,vfork';

const created = /^(?:creat|mkdir|mkdirat|mknod|mknodat)\(|^open(?:at)?\(.*\bO_CREAT\b/;
const modeGiven = /, 0?([0-7]+)(?:, (?:0|AT_\w+))*\) = /;

/** Calls that let others at a path, apart from what is inside a folder that is closed to them. */
function openedUp(trace: string, at: string): readonly string[] {
  const umasks = new Map<string, number>();
  let last = 0o022;
  return trace.split('\n').filter((line) => {
    const [, pid = '', call = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    // A child's first call may be told before its birth is.
    const umask = umasks.get(pid) ?? last;
    const child = /^(?:<\.\.\. )?(?:clone3?|v?fork)\b.* = (\d+)$/.exec(call)?.[1];
    if (child !== undefined) umasks.set(child, umask);
    const set = /^umask\(0?([0-7]+)\)/.exec(call)?.[1];
    if (set !== undefined) umasks.set(pid, (last = Number.parseInt(set, 8)));
    const changed = /^f?chmod/.test(call);
    if (!call.includes(`${at}/`) || !(changed || created.test(call))) return false;
    const given = Number.parseInt(modeGiven.exec(call)?.[1] ?? '777', 8);
    const inClosedFolder = call.split(' = ')[0]?.match(/\/\.play-[^/"]+\/[^"]/) !== null;
    return (given & ~(changed ? 0 : umask) & 0o077) !== 0 && !inClosedFolder;
  });
}
