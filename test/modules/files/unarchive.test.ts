import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { unarchive } from '../../../engine/modules/files/unarchive/index.ts';
import { shells, TestHost, testModule } from '../../../engine/testing.ts';
import { folder, nobody } from '../../readers/asking.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 60_000 });

type Want = z.input<typeof unarchive.definition.args>;

/** A tree, and archives of it: app-1/bin/run, app-1/share/"odd names", a link. */
function archives(): string {
  const at = folder();
  mkdirSync(`${at}/app-1/bin`, { recursive: true });
  mkdirSync(`${at}/app-1/share`);
  writeFileSync(`${at}/app-1/bin/run`, '#!/bin/sh\n');
  chmodSync(`${at}/app-1/bin/run`, 0o755);
  writeFileSync(`${at}/app-1/share/a b'"ä`, Buffer.from([0, 255, 10]));
  writeFileSync(`${at}/app-1/.hidden`, 'x');
  writeFileSync(`${at}/app-1/empty`, '');
  symlinkSync('bin/run', `${at}/app-1/start`);
  const run = (program: string, ...argv: string[]) =>
    execFileSync(program, argv, { cwd: at, stdio: ['ignore', 'ignore', 'inherit'] });
  run('tar', '--owner=1234', '--group=1234', '-cf', 'app.tar', 'app-1');
  run('tar', '-czf', 'app.tgz', 'app-1');
  run('tar', '-cJf', 'app.tar.xz', 'app-1');
  run('tar', '-cjf', 'app.tar.bz2', 'app-1');
  run('zip', '-qry', 'app.zip', 'app-1');
  return at;
}

const isWhole = (at: string): void => {
  expect(readFileSync(`${at}/bin/run`, 'utf8')).toBe('#!/bin/sh\n');
  expect(statSync(`${at}/bin/run`).mode & 0o7777).toBe(0o755);
  expect([...readFileSync(`${at}/share/a b'"ä`)]).toEqual([0, 255, 10]);
  expect(readFileSync(`${at}/start`, 'utf8')).toBe('#!/bin/sh\n');
  expect([existsSync(`${at}/.hidden`), existsSync(`${at}/empty`)]).toEqual([true, true]);
};

test.each([
  ['app.tar', 'bash'],
  ['app.tgz', 'busybox'],
  ['app.tar.xz', 'dash'],
  ['app.tar.bz2', 'busybox'],
  ['app.zip', 'dash'],
  ['app.zip', 'busybox'],
] as const)(
  '%s is unpacked once, and again where a file was changed, under %s',
  async (name, shell) => {
    const at = archives();
    const host = new TestHost({ shell });
    const want: Want = { src: `${at}/${name}`, dest: `${at}/out`, strip: 1 };
    expect((await host.apply(unarchive, want)).changed).toBe(true);
    isWhole(`${at}/out`);
    expect(statSync(`${at}/out/bin/run`).uid).toBe(0);
    expect((await host.apply(unarchive, want)).changed).toBe(false);
    writeFileSync(`${at}/out/bin/run`, 'broken');
    rmSync(`${at}/out/share/a b'"ä`);
    const again = await host.apply(unarchive, want);
    expect(again.changed).toBe(true);
    const names = again.plan.plan === 'change' ? again.plan.differences : [];
    expect(names.map(({ what }) => what)).toContain(`${at}/out/bin/run`);
    isWhole(`${at}/out`);
    expect(readdirSync(`${at}/out`).filter((each) => each.startsWith('.play'))).toEqual([
      `.play-unpacked-${name}`,
    ]);
  },
);

describe.each(['dash', 'busybox'] as const)('unarchive under %s', (shell) => {
  test('an archive of the host itself, into a folder that holds something', async () => {
    const at = archives();
    mkdirSync(`${at}/out/app-1/bin`, { recursive: true });
    writeFileSync(`${at}/out/app-1/bin/kept`, 'kept');
    const host = new TestHost({ shell });
    const want: Want = { remoteSrc: `${at}/app.tgz`, dest: `${at}/out` };
    await host.apply(unarchive, want);
    isWhole(`${at}/out/app-1`);
    expect(readFileSync(`${at}/out/app-1/bin/kept`, 'utf8')).toBe('kept');
    expect((await host.apply(unarchive, want)).changed).toBe(false);
  });

  test('owner and mode of all of it', async () => {
    const at = archives();
    const want: Want = {
      src: `${at}/app.zip`,
      dest: `${at}/out`,
      owner: nobody,
      mode: 'u=rwX,go=',
    };
    await new TestHost({ shell }).apply(unarchive, want);
    const { uid, mode } = statSync(`${at}/out/app-1/bin/run`);
    expect([uid, mode & 0o7777]).toEqual([nobody, 0o700]);
    expect(statSync(`${at}/out/app-1/empty`).mode & 0o7777).toBe(0o600);
  });

  test('a damaged archive leaves the folder as it is', async () => {
    const at = archives();
    const whole = readFileSync(`${at}/app.tgz`);
    writeFileSync(`${at}/cut.tgz`, whole.subarray(0, whole.length - 40));
    mkdirSync(`${at}/out`);
    const host = new TestHost({ shell });
    await expect(
      host.apply(unarchive, { src: `${at}/cut.tgz`, dest: `${at}/out` }),
    ).rejects.toThrow(`cannot unpack into ${at}/out/`);
    expect(readdirSync(`${at}/out`)).toEqual([]);
  });

  test('a folder where the archive has a file stays', async () => {
    const at = archives();
    mkdirSync(`${at}/out/bin/run`, { recursive: true });
    const host = new TestHost({ shell });
    await expect(
      host.apply(unarchive, { src: `${at}/app.tar`, dest: `${at}/out`, strip: 1 }),
    ).rejects.toThrow(`${at}/out/bin/run is a folder; the archive has a file of that name`);
  });

  test('an apply that does nothing fails its verification', async () => {
    const at = archives();
    const idle = new TestHost({ shell, skipApply: true });
    await expect(
      idle.apply(unarchive, { src: `${at}/app.tar`, dest: `${at}/out` }),
    ).rejects.toThrow(/^applied, but .*\/out is absent, not unpacked/);
  });
});

test('without verify a changed file is left alone, another archive is unpacked', async () => {
  const at = archives();
  const host = new TestHost();
  const want: Want = { src: `${at}/app.tar`, dest: `${at}/out`, verify: false };
  await host.apply(unarchive, want);
  writeFileSync(`${at}/out/app-1/empty`, 'edited');
  expect((await host.apply(unarchive, want)).changed).toBe(false);
  writeFileSync(`${at}/app-1/new`, 'new');
  execFileSync('tar', ['-cf', 'app.tar', 'app-1'], { cwd: at });
  expect((await host.apply(unarchive, want)).changed).toBe(true);
  expect(readFileSync(`${at}/out/app-1/new`, 'utf8')).toBe('new');
});

test('a path of the archive never leads out of the folder', async () => {
  const at = archives();
  mkdirSync(`${at}/x/y`, { recursive: true });
  writeFileSync(`${at}/x/evil`, 'evil');
  execFileSync('tar', ['-cPf', '../../evil.tar', '../evil'], { cwd: `${at}/x/y` });
  await new TestHost()
    .apply(unarchive, { src: `${at}/evil.tar`, dest: `${at}/x/out` })
    .catch(() => undefined);
  rmSync(`${at}/x/evil`);
  await new TestHost()
    .apply(unarchive, { src: `${at}/evil.tar`, dest: `${at}/x/out` })
    .catch(() => undefined);
  expect(existsSync(`${at}/x/evil`)).toBe(false);
});

test.each(shells)(
  'a device or pipe of the archive is refused before anything is there under %s',
  async (shell) => {
    const at = archives();
    mkdirSync(`${at}/out`);
    mkdirSync(`${at}/odd`);
    writeFileSync(`${at}/odd/a`, 'a');
    execFileSync('mkfifo', [`${at}/odd/pipe`]);
    execFileSync('tar', ['-cf', 'odd.tar', 'odd'], { cwd: at });
    const host = new TestHost({ shell });
    await expect(
      host.apply(unarchive, { src: `${at}/odd.tar`, dest: `${at}/out` }),
    ).rejects.toThrow('holds odd/pipe, which is no file, folder or link');
    expect(readdirSync(`${at}/out`)).toEqual([]);
  },
);

test('what creates names keeps the archive packed', async () => {
  const at = archives();
  const want: Want = { src: `${at}/app.tar`, dest: `${at}/out`, creates: `${at}/app-1` };
  expect((await new TestHost().apply(unarchive, want)).changed).toBe(false);
  expect(existsSync(`${at}/out`)).toBe(false);
});

testModule(
  unarchive,
  [
    {
      name: 'one source is needed',
      want: { dest: '/x' },
      fails: /exactly one of src and remoteSrc/,
    },
    {
      name: 'a name that tells nothing needs format',
      want: { remoteSrc: '/a.bin', dest: '/x' },
      fails: /give format/,
    },
    {
      name: 'an archive that is not there is named',
      want: { remoteSrc: '/a.tar', dest: '/x' },
      fails: /\/a\.tar is not there/,
    },
  ],
  test,
);
