/**
 * Odd hosts end to end: what every host can do works on a host of busybox alone and on one that
 * disturbs wherever it can; and where writing fails, the step names the path and the cause, and
 * leaves what was there.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { down, type Lab } from '../../lab/index.ts';
import { labFor } from './lab.ts';
import { surroundingsFor, type Surroundings } from './module-surroundings.ts';
import { oddHosts, type OddHosts } from './odd-hosts.ts';
import { runPlay, type PlayRun } from './run-play.ts';

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
const unknowns = [
  'find',
  'found',
  'local',
  'tempFile',
  'tempFile goes',
  'waitFor path',
  'waitFor process',
];

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
    checked = await run('odd-hosts-play.ts', 'box,noisy', '--check', '--diff');
    expect([failures(checked), checked.stderr, checked.exitCode]).toEqual([{}, '', 0]);
    expect(await odd.see('box', 'ls -a srv root etc; cat etc/hosts')).toBe(before);
    const unknown = new Set(checked.of('unknown').map((step) => step.replace(/^\S+ odd\//, '')));
    expect([...unknown]).toEqual(unknowns);
    const first = await run('odd-hosts-play.ts', 'box,noisy');
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
    const second = await run('odd-hosts-play.ts', 'box,noisy');
    expect([failures(second), second.of('changed'), second.exitCode]).toEqual([{}, [], 0]);
  });
});
