/**
 * Where peers are wrong, and where tools break: each case of Ansible's that is known to go wrong,
 * names and contents of every kind, and files of no byte and of 200 MB, on a real host.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../engine/report/events.ts';
import type { Lab } from '../../lab/index.ts';
import { hard, names } from './exact-contents.ts';
import { inventoryFile, labFor, onHost } from './lab.ts';
import { runPlay, type PlayRun } from './run-play.ts';

const name = 'exact';
let lab: Lab;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exact-'));
  lab = await labFor(name, 1);
});
afterAll(async () => {
  await lab?.down();
  await rm(folder, { recursive: true, force: true });
});

async function run(
  playbook: string,
  variables: Readonly<Record<string, unknown>>,
  ...argv: readonly string[]
): Promise<PlayRun> {
  const inventory = await inventoryFile(lab, {}, variables);
  const file = fileURLToPath(new URL(playbook, import.meta.url));
  return runPlay([file, '-i', inventory, ...argv], { cwd: folder });
}

const see = (line: string): Promise<string> => onHost(lab, `${name}1`, line);

describe('where Ansible is known to be wrong, by the numbers of its cases', () => {
  const static2 = '# keep\n\noverlay\n\n  # end\n';
  const files: Readonly<Record<string, string>> = {
    target: 'old\n',
    '2.conf': '  net.core.somaxconn=100\n# note\nnet.core.somaxconn   =\t4096\n',
    '3.conf': 'net.ipv4.tcp_rmem = 4096\t87380   600000\n',
    '5.conf': 'vm.swappiness=\n-kernel.foo=1\na.b = 1\n',
    block: 'one\n',
    open: 'one\n# BEGIN PLAY MANAGED BLOCK\ntwo\n',
    twice: '# BEGIN PLAY MANAGED BLOCK\n# END PLAY MANAGED BLOCK\n'.repeat(2),
    lines: 'key = x\nkey = y\n',
    crlf: 'a\r\nb\r\n',
  };
  let first: PlayRun;
  let second: PlayRun;
  let congested: string;

  beforeAll(async () => {
    for (const [file, text] of Object.entries(files)) {
      const line = `mkdir -p /srv/peers; cat >/srv/peers/${file}`;
      const { code } = await lab.exec(`${name}1`, ['sh', '-c', line], text);
      expect(code).toBe(0);
    }
    await lab.exec(
      `${name}1`,
      ['sh', '-c', 'cat >/etc/modules-load.d/own.conf'],
      static2.replace('\n\n  #', '\nbr-netfilter\n\n  #'),
    );
    await see(`ln -s target /srv/peers/link; sysctl -qw net.ipv4.tcp_rmem='4096 87380 600000'`);
    congested = await see('sysctl -n net.core.somaxconn');
  });

  test('the play runs twice', async () => {
    first = await run('exact-peers.ts', { mode: '0600' });
    second = await run('exact-peers.ts', { mode: '0600' });
    expect([first.stderr, first.exitCode, second.exitCode]).toEqual(['', 0, 0]);
  });

  const same = (file: string) => [`cat /srv/peers/${file}`, files[file] ?? ''] as const;
  type Case = readonly [
    step: string,
    outcome: Outcome,
    says: RegExp | '',
    line?: string,
    is?: string,
  ];
  const cases: readonly Case[] = [
    ['D1', 'failed', /./, 'readlink /srv/peers/link; cat /srv/peers/target', 'target\nold\n'],
    ['follow', 'failed', /./, 'readlink /srv/peers/link; cat /srv/peers/target', 'target\nold\n'],
    [
      'D2',
      'changed',
      '',
      'cat /srv/peers/2.conf; sysctl -n net.ipv4.tcp_keepalive_time',
      `${files['2.conf']}net.ipv4.tcp_keepalive_time = 611\n611\n`,
    ],
    ['D3', 'ok', '', ...same('3.conf')],
    [
      'D4',
      'changed',
      '',
      'cat /srv/peers/4',
      'net.ipv4.ip_forward = yes\nnet.ipv4.conf.all.forwarding = 1\n',
    ],
    ['D5', 'changed', '', 'cat /srv/peers/5.conf', 'a.b = 1\n'],
    ['minus', 'changed', ''],
    [
      'D6',
      'failed',
      /\/srv\/peers\/none/,
      'ls /srv/peers/none 2>&1 || :',
      "ls: cannot access '/srv/peers/none': No such file or directory\n",
    ],
    ['D7', 'changed', '', 'stat -c %a /srv/peers/moded', '600\n'],
    ['D8', 'failed', /\{mark\}/, ...same('block')],
    ['open', 'failed', /line 2/, ...same('open')],
    ['twice', 'failed', /lines? 1/, ...same('twice')],
    ['D10', 'failed', /line/, ...same('lines')],
    ['D11', 'ok', '', ...same('crlf')],
    ['D12', 'failed', /regexp/, ...same('lines')],
    ['D14', 'ok', '', 'systemctl is-enabled systemd-tmpfiles-clean.service', 'static\n'],
    ['enabled', 'ok', ''],
    ['D15', 'changed', '', 'cat /etc/modules-load.d/own.conf', static2],
  ];
  for (const [step, outcome, says, line, is] of cases) {
    test(step, async () => {
      const end = first.ends.find((each) => each.step.name === step);
      expect([end?.outcome, end?.failure?.message ?? '']).toEqual([
        outcome,
        says === '' ? '' : expect.stringMatching(says),
      ]);
      const again = second.ends.find((each) => each.step.name === step);
      expect(again?.outcome).toBe(outcome === 'changed' ? 'ok' : outcome);
      if (line !== undefined) expect(await see(line)).toBe(is);
    });
  }

  test('what the running kernel had for other keys stays', async () => {
    expect(await see('sysctl -n net.core.somaxconn')).toBe(congested);
  });

  test('a mode that YAML takes for a number is refused, with what to write', async () => {
    const refused = await run('exact-peers.ts', { mode: 644 });
    expect([refused.exitCode, refused.ends]).toEqual([1, []]);
    expect(refused.stderr).toMatch(/inventory\.yaml:\d+:\d+.*mode.*\n.*write '0644'/);
  });

  test('a static unit is left alone with a note', () => {
    const end = first.ends.find((each) => each.step.name === 'D14');
    expect(end?.notes).toEqual([expect.stringContaining('static')]);
  });
});

describe('names and contents', () => {
  const big = 'big.bin';

  beforeAll(async () => {
    await mkdir(join(folder, 'files', 'all'), { recursive: true });
    await writeFile(join(folder, 'files', 'all', 'nothing'), '');
    const bytes = Uint8Array.from(
      { length: 65_536 },
      (_, index) => (index * 7 + (index >> 8)) & 255,
    );
    await writeFile(join(folder, 'files', 'all', 'bytes'), bytes);
    const file = await open(join(folder, 'files', 'all', big), 'w');
    // 200 MB that no compression makes small, with a marker-like line and no end
    for (let part = 0; part < 200; part += 1) {
      const block = createHash('shake256', { outputLength: 1_000_000 }).update(`${part}`).digest();
      await file.write(block);
    }
    await file.close();
  });

  test('the run fails nowhere, and a second one changes nothing', async () => {
    const variables = { fetched: join(folder, 'fetched'), big };
    const first = await run('exact-contents.ts', variables);
    const failures = first.ends.filter((end) => end.failure);
    expect(failures.map((end) => [end.step.name, end.failure])).toEqual([]);
    expect([first.stderr, first.exitCode]).toEqual(['', 0]);
    const second = await run('exact-contents.ts', variables);
    expect([second.of('changed'), second.exitCode]).toEqual([[], 0]);
  });

  test('the host has these names and no others', async () => {
    const list = await see('cd /srv/odd; find . -mindepth 1 -maxdepth 1 -print0');
    const found = list
      .split('\0')
      .filter(Boolean)
      .map((path) => path.slice(2));
    expect(found.toSorted()).toEqual([...names].toSorted());
  });

  test.each(names)('%j is written and fetched byte for byte', async (odd) => {
    const path = `/srv/odd/${odd}`;
    const root = lab.hosts[0]?.root ?? '';
    const text = await readFile(join(root, path, odd), 'utf8');
    expect(text).toBe(hard);
    const edited = await readFile(`${root}${path}/edited ${odd}`, 'utf8');
    expect(edited).toBe(`${hard.split('\r\n')[0]}\n`);
    const replaced = await readFile(`${root}${path}/replaced ${odd}`, 'utf8');
    expect(replaced).toBe('$HOME`%s\\\\n\r\n$HOME`%s\\\\n');
    expect(await readFile(join(folder, 'fetched', `${name}1`, path, odd), 'utf8')).toBe(hard);
  });

  test.each(['nothing', 'bytes', big])('%s is the same everywhere', async (file) => {
    const root = lab.hosts[0]?.root ?? '';
    const own = await digest(join(folder, 'files', 'all', file));
    for (const copy of [file, `${file}.again`, `mirrored/${file}`]) {
      expect(await digest(join(root, 'srv/sized', copy))).toBe(own);
    }
    const fetched = join(folder, 'fetched', `${name}1`, 'srv/sized', file);
    expect(await digest(fetched)).toBe(own);
    expect((await stat(fetched)).size).toBe(
      file === big ? 200_000_000 : file === 'bytes' ? 65_536 : 0,
    );
  });
});

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
