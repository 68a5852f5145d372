/**
 * Odd hosts end to end: what every host can do works on a host of busybox alone and on one that
 * disturbs wherever it can; and where writing fails, the step names the path and the cause, and
 * leaves what was there.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { down, type Lab } from '../../../lab/index.ts';
import { labFor } from '../lab.ts';
import { surroundingsFor, type Surroundings } from '../modules/surroundings.ts';
import { oddHosts, type OddHosts } from './lab.ts';
import { runPlay, type PlayRun } from '../run-play.ts';

const name = 'odd';
let lab: Lab;
let around: Surroundings;
let odd: OddHosts;
beforeAll(async () => {
  lab = await labFor(name, 2);
  around = await surroundingsFor(lab);
  odd = await oddHosts(lab, around.variables);
});
afterAll(async () => {
  await around?.remove();
  if (odd) rmSync(odd.folder, { recursive: true });
  await down({ name });
});

function run(playbook: string, limit: string, ...argv: readonly string[]): Promise<PlayRun> {
  const file = fileURLToPath(new URL(playbook, import.meta.url));
  const env = { TSPLAY_CACHE: join(around.folder, 'cache') };
  const words = [file, '-i', odd.inventory, '--limit', limit, ...argv];
  return runPlay(words, { cwd: around.folder, env });
}

/** Host, step and message of each failure. */
const failures = ({ ends }: PlayRun): Record<string, string> =>
  Object.fromEntries(
    ends
      .filter(({ failure }) => failure !== undefined)
      .map(({ step, failure }) => [
        `${step.host} ${step.name}`,
        [failure?.message, failure?.stderr, failure?.hint].filter(Boolean).join('\n'),
      ]),
  );

/** What looks at what is not there yet, or waits for it. */
const unknowns = ['found', 'local', 'tempFile', 'tempFile goes'];

describe('busybox alone; and bash as sh that prints, in a noexec /tmp', () => {
  let checked: PlayRun;

  test('nothing but busybox runs on the one, and the other is as odd as it claims', async () => {
    const programs = await odd.see('box', 'find . -xdev -type f -perm -100 ! -name "*.so*" | sort');
    expect(programs).toBe('./bin/busybox\n./usr/sbin/dropbear');
    expect(await odd.see('box', 'find bin sbin usr -type l | wc -l')).toMatch(/^[2-9]\d\d$/);
    expect(
      await odd.see('noisy', 'readlink /bin/sh; findmnt -no OPTIONS /tmp | tail -n 1'),
    ).toMatch(/^bash\n.*noexec/);
  });

  test('check foresees the first run, and writes nothing', async () => {
    const before = await odd.see('box', 'ls -a srv root etc; cat etc/hosts');
    checked = await run('play.ts', 'box,noisy', '--check', '--diff');
    expect([failures(checked), checked.stderr, checked.exitCode]).toEqual([{}, '', 0]);
    expect(await odd.see('box', 'ls -a srv root etc; cat etc/hosts')).toBe(before);
    const unknown = new Set(checked.of('unknown').map((step) => step.replace(/^\S+ odd\//, '')));
    expect([...unknown].toSorted()).toEqual(unknowns);
    const first = await run('play.ts', 'box,noisy');
    expect([failures(first), first.stderr, first.exitCode]).toEqual([{}, '', 0]);
    expect(first.of('changed')).toEqual(checked.of('changed'));
  });

  test('both hosts have the same files then', async () => {
    // keys and certificates are made anew for each host
    const files = `cd srv/m || exit; find . -type f ! -name 'web.*' ! -name 'sign.*' ! -name admin.conf -exec sha256sum {} + | sort -k 2
find . ! -path ./tmp -exec stat -c '%a %u %g %F %n' {} + | sort`;
    expect(await odd.see('box', files)).toBe(await odd.see('noisy', files));
    expect(await odd.see('box', 'cat srv/m/page srv/m/a.toml; srv/m/app/bin/app')).toBe(
      'a\nb\n["a.b"]\nc = 1.5\napp',
    );
    const hard = ` it's "so" \\ $HOME\n\u00fc `;
    expect(await odd.see('box', `cat 'srv/m/${hard.replaceAll("'", "'\\''")}'`)).toBe(
      '`id` %s \\n $x\r\nno end',
    );
    expect(await odd.see('box', 'wc -l <root/.ssh/authorized_keys; cat etc/hostname')).toBe(
      '2\nbox-named',
    );
  });

  test('a second run changes nothing', async () => {
    const second = await run('play.ts', 'box,noisy');
    expect([failures(second), second.of('changed'), second.exitCode]).toEqual([{}, [], 0]);
  });
});

describe('where writing fails', () => {
  const hosts = ['box', 'noisy'] as const;
  const look = `cd srv; ls -lAn full ro fixed ro/folder; sha256sum full/file ro/file fixed/index.html`;
  const causes: Readonly<Record<string, RegExp>> = {
    full: /cannot .* \/srv\/full\/.*: the disk is full$/,
    readOnly: /cannot .* \/srv\/ro\/.*: it is on a read-only file system$/,
    fixed: /cannot .* \/srv\/fixed\/index.html: .* immutable/,
  };

  test('a full disk, a read-only one, an immutable file: each step names path and cause', async () => {
    for (const host of hosts) await odd.see(host, places);
    const before = await Promise.all(hosts.map((host) => odd.see(host, look)));
    const tried = await run('places.ts', 'box,noisy');
    const wrong = tried.ends.filter(({ step, failure }) => {
      const place = step.name.split(':', 1)[0] ?? '';
      return causes[place]?.test(failure?.message ?? '') !== true;
    });
    expect(wrong.map(({ step, failure }) => [step.host, step.name, failure?.message])).toEqual([]);
    expect(tried.ends.filter(({ outcome }) => outcome !== 'failed')).toEqual([]);
    // the folder that was made for the files is all that came of them
    const after = hosts.map((host) => odd.see(host, `rmdir srv/full/pages; ${look}`));
    expect(await Promise.all(after)).toEqual(before);
  });
});

describe('a read-only root', () => {
  test('each module that writes there names path and cause, and nothing is changed', async () => {
    // what is open for writing keeps a file system from it
    await odd.see('noisy', 'journalctl --relinquish-var; mount -o remount,bind,ro /');
    const before = await odd.see('noisy', 'hostname; cat etc/passwd; ls -lA etc/systemd/system');
    const tried = await run('read-only.ts', 'noisy');
    await odd.see('noisy', 'mount -o remount,bind,rw /');
    const said = Object.fromEntries(
      tried.ends.map(({ step, failure }) => [step.name, failure?.message ?? '']),
    );
    const { group, user, systemd, script, ...others } = said;
    // the tools themselves say no more
    expect(group).toContain('groupadd: cannot lock /etc/group');
    expect(user).toContain('useradd: cannot lock /etc/passwd');
    expect(systemd).toContain('Read-only file system');
    expect(script).toBe('exit code 1');
    const clear = /\/\S+.*: .*read-only file system/i;
    expect(Object.entries(others).filter(([, message]) => !clear.test(message))).toEqual([]);
    expect(await odd.see('noisy', 'hostname; cat etc/passwd; ls -lA etc/systemd/system')).toBe(
      before,
    );
  });

  test('a host without any place for the session says so at the first write', async () => {
    const tried = await run('read-only.ts', 'sealed');
    const said = Object.fromEntries(
      tried.ends.map(({ step, failure }) => [step.name, failure?.message ?? '']),
    );
    const noPlace = expect.stringMatching(/^no folder for the session can be created/);
    expect(said).toMatchObject({
      group: noPlace,
      user: noPlace,
      hostname: noPlace,
      mount: noPlace,
    });
    expect(said).toMatchObject({
      knownHost: 'cannot write /etc/ssh/ssh_known_hosts: its folder /etc/ssh is missing',
      apt: expect.stringMatching(/this host has no dpkg$/),
      systemd: expect.stringMatching(/this host has no systemctl$/),
      timer: expect.stringMatching(/this host has no systemctl$/),
      timezone: 'there is no time zone Europe/Berlin on the host',
    });
    expect(Object.entries(said).filter(([, message]) => message === '')).toEqual([]);
  });
});

const places = `mkdir -p srv/full srv/ro srv/fixed
mount -t tmpfs -o size=256k tmpfs srv/full
head -c 200000 /dev/zero | tr '\\0' '\\n' >srv/full/file
mount -t tmpfs tmpfs srv/ro
mkdir srv/ro/folder
echo old >srv/ro/file
echo old >srv/ro/folder/file
mount -o remount,ro srv/ro
echo old >srv/fixed/index.html
chattr +i srv/fixed/index.html`;
