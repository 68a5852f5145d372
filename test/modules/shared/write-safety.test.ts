/** What nobody sees when all goes well: crashes, the first moments of a file, what reaches the disk. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { writeFile } from '../../../engine/modules/shared/write-file.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { runScript, shells } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { aFile } from '../a-file.ts';
import { nameElsewhere, nameHere } from '../temporary-names.ts';

const writing = (...of: Parameters<typeof writeFile>) => scriptOf({ alters: [writeFile(...of)] });

const before = Buffer.alloc(300_000, 'old line\n');
const after = Buffer.alloc(400_000, 'new line\n');
const old = aFile({ mode: '0640', size: before.length });

describe.each(shells)('under %s', (shell) => {
  test('a kill -9 at any of 50 moments leaves the old file or the new one, whole', async () => {
    const at = folder();
    const path = `${at}/file`;
    const script = writing({ path, content: contentOf(after), mode: '0600', backup: true }, old);
    const begun = performance.now();
    writeFileSync(path, before);
    await runScript(script, { shell });
    const whole = performance.now() - begun;
    const seen = new Set<string>();
    for (let index = 0; index < 50; index += 1) {
      writeFileSync(path, before);
      // evenly spread, with some chance within each part
      const moment = ((index + Math.random()) / 50) * whole;
      await runScript(script, { shell, killAfter: moment });
      const now = readFileSync(path);
      expect(now.equals(before) || now.equals(after)).toBe(true);
      seen.add(now.equals(after) ? 'new' : 'old');
      for (const name of readdirSync(at)) {
        if (name.startsWith('.play-')) expect(statSync(`${at}/${name}`).mode & 0o077).toBe(0);
        if (name.endsWith('~')) expect(readFileSync(`${at}/${name}`).length).toBeGreaterThan(0);
      }
    }
    expect(seen).toContain('old');
  }, 60_000);

  test('what a killed run left is gone with the next write there, and no other', async () => {
    const at = folder();
    const dead = spawnSync('true').pid;
    const left = [nameHere(dead), `${nameHere(dead)}-2`, nameElsewhere(1)];
    mkdirSync(`${at}/${left[0]}/deep`, { recursive: true });
    writeFileSync(`${at}/${left[1]}`, 'half');
    mkdirSync(`${at}/${left[2]}`);
    const dayAgo = Date.now() / 1000 - 25 * 3600;
    utimesSync(`${at}/${left[2]}`, dayAgo, dayAgo);
    const kept = [
      nameHere(process.pid),
      // Of a host that shares the folder: whether that process lives cannot be known here.
      nameElsewhere(dead),
      '.play-unpacked-app.tar',
      '.play-x',
    ];
    for (const name of kept) writeFileSync(`${at}/${name}`, '');
    await runScript(writing({ path: `${at}/file`, content: contentOf('x') }, undefined), {
      shell,
    });
    expect(readdirSync(at).toSorted()).toEqual([...kept, 'file'].toSorted());
  });

  test('what ends the step by a signal takes the temporary file away', async () => {
    const at = folder();
    const validate = 'kill -TERM $PPID; sleep 0.2; true %s';
    const script = writing({ path: `${at}/file`, content: contentOf('x'), validate }, undefined);
    const { code } = await runScript(script, { shell });
    expect(code).not.toBe(0);
    expect(readdirSync(at)).toEqual([]);
  });
});

/** System calls of the script that name the file or its folder, in order. */
async function callsOf(at: string, mode: string): Promise<string[]> {
  const path = `${at}/file`;
  const trace = `${folder()}/trace`;
  const calls =
    'trace=umask,openat,open,creat,chmod,fchmod,fchmodat,chown,fchownat,rename,renameat,renameat2,link,linkat,fsync,fdatasync,sync,execve';
  const script = writing(
    { path, content: contentOf('top secret'), mode, owner: 'nobody' },
    undefined,
  );
  const wrap = ['strace', '-f', '-y', '-s', '200', '-e', calls, '-o', trace];
  const { code, stderr } = await runScript(script, { wrap });
  expect([code, stderr]).toEqual([0, '']);
  return readFileSync(trace, 'utf8').split('\n');
}

test('a new file is open to nobody before it has owner and mode, and those before its name', async () => {
  const at = folder();
  const lines = await callsOf(at, '0640');
  const made = lines.findIndex((line) => /open.*\.play-.*O_CREAT/.test(line));
  expect(lines[made]).toContain('O_EXCL');
  const umasks = lines.slice(0, made).filter((line) => line.includes('umask('));
  expect(umasks.at(-1)).toContain('umask(077)');
  const order = ['chown', 'chmod', 'rename'].map((name) =>
    lines.findIndex(
      (line) => line.includes(name) && line.includes('.play-') && !line.includes('execve'),
    ),
  );
  expect(order.every((index) => index > made)).toBe(true);
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  const modes = lines.filter((line) => /chmod\w*\(.*\.play-/.test(line));
  expect(modes).toHaveLength(1);
  expect(modes[0]).toContain(', 0640');
});

test('the file is on the disk before it gets its name, the folder after', async () => {
  const at = folder();
  const lines = await callsOf(at, '0600');
  const renamed = lines.findIndex((line) => /rename.*\.play-/.test(line));
  const synced = lines.flatMap((line, index) =>
    /\bf(data)?sync\(/.test(line) ? [{ line, index }] : [],
  );
  expect(synced.map(({ index }) => index < renamed)).toEqual([true, false]);
  expect(synced[0]?.line).toContain(`${at}/.play-`);
  expect(synced[1]?.line).toContain(`<${at}>`);
});
