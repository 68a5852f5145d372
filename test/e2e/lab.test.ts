import { execFile, spawn } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allLabs, differingPaths, down, up, type Lab } from '../../lab/index.ts';
import { labFor, onHost } from './lab.ts';

const run = promisify(execFile);
const name = 'e2elab';

/** Runs a line on a host as a person does: ssh with the lab's key, trusting only its list. */
async function ssh(lab: Lab, host: string, line: string, address?: string): Promise<string> {
  const found = lab.hosts.find((candidate) => candidate.name === host);
  const options = [
    `UserKnownHostsFile=${lab.knownHostsFile}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'BatchMode=yes',
    'ConnectTimeout=2',
  ].flatMap((option) => ['-o', option]);
  const target = `root@${address ?? found?.address}`;
  const { stdout } = await run('ssh', ['-F', 'none', '-i', lab.keyFile, ...options, target, line]);
  return stdout.trim();
}

/** Whatever of a lab is left on the controller. */
async function traces(lab: string): Promise<string[]> {
  const { stdout: links } = await run('ip', ['-o', 'link']);
  const { stdout: rules } = await run('iptables-save');
  const processes = await Promise.all(
    (await readdir('/proc'))
      .filter((pid) => /^\d+$/.test(pid))
      .map(async (pid) => {
        const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
        return line.startsWith('systemd-nspawn') ? line.replaceAll('\0', ' ') : '';
      }),
  );
  const mounts = await readFile('/proc/self/mountinfo', 'utf8');
  const groups = await readdir('/sys/fs/cgroup', { recursive: true });
  return [links, rules, mounts, processes.join('\n'), groups.join('\n')]
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.includes(`lab-${lab}`) || line.includes(`labs/${lab}/`))
    .concat(groups.filter((path) => path.includes(`tsplay-${lab}-`)));
}

describe('a lab of two hosts', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await labFor(name, 2);
  });
  afterAll(() => down({ name }));

  const [one, two] = [`${name}1`, `${name}2`];
  const address = (host: string) => lab.hosts.find((found) => found.name === host)?.address;

  test('a host answers by key, with its host key known, as a running system of its own', async () => {
    const line = 'hostname; systemctl is-system-running; id -un; cat /etc/machine-id';
    const [hostname, state, user, machine] = (await ssh(lab, two, line)).split('\n');
    expect([hostname, state, user]).toEqual([two, 'running', 'root']);
    expect(machine).not.toBe(await ssh(lab, one, 'cat /etc/machine-id'));
  });

  test('the host keys of two hosts differ, and one does not pass for the other', async () => {
    const known = await readFile(lab.knownHostsFile, 'utf8');
    const keys = known
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[2]);
    expect(new Set(keys).size).toBe(keys.length);
    await expect(ssh(lab, one, 'true', `${lab.subnet}.1`)).rejects.toThrow();
  });

  test('the private key and the state folder are for root alone', async () => {
    expect((await stat(lab.keyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(lab.folder)).mode & 0o777).toBe(0o700);
  });

  test("there is no Python, and sshd keeps Debian's limits", async () => {
    expect((await lab.exec(one, ['sh', '-c', 'command -v python3'])).code).not.toBe(0);
    const settings = await onHost(lab, one, 'sshd -T');
    expect(settings).toMatch(/^maxstartups 10:30:100$/m);
    expect(settings).toMatch(/^maxsessions 10$/m);
  });

  test('apt installs a package from the mirror of the controller', async () => {
    await onHost(lab, one, 'apt-get update -q && apt-get install -yq --no-install-recommends jq');
    expect(await onHost(lab, one, 'echo \'{"a":[1]}\' | jq -c .a')).toBe('[1]\n');
  });

  test('up again changes nothing', async () => {
    const again = await up({ name });
    expect(again.hosts).toEqual(lab.hosts);
    expect(await onHost(again, one, 'command -v jq')).toBe('/usr/bin/jq\n');
  });

  test('up with a contradiction is refused', async () => {
    await expect(up({ name, prefix: 'other' })).rejects.toThrow('exists with another prefix');
  });

  test('an idle host does not differ from itself, and one byte is seen', async () => {
    const before = await lab.snapshotTree(two);
    await ssh(lab, two, 'ls -lR /etc > /dev/null');
    expect([...differingPaths(before, await lab.snapshotTree(two))]).toEqual([]);
    await onHost(lab, two, 'printf x >> /etc/motd; mkdir /var/lib/docker/x');
    expect(Object.fromEntries(differingPaths(before, await lab.snapshotTree(two)))).toEqual({
      '/etc/motd': expect.stringMatching(/added|changed/),
      '/var/lib/docker/x': 'added',
    });
  });

  test('a process started on a host is listed with its arguments, on that host alone', async () => {
    await onHost(lab, one, 'systemd-run --quiet --unit=idle sleep 12345');
    const commands = async (host: string) =>
      (await lab.processes(host)).map((found) => found.command);
    expect(await commands(one)).toContain('/usr/bin/sleep 12345');
    expect(await commands(two)).not.toContain('/usr/bin/sleep 12345');
    await onHost(lab, one, 'systemctl stop idle');
    expect(await commands(one)).not.toContain('/usr/bin/sleep 12345');
  });

  test('a host that is cut off does not answer, and answers when it is joined', async () => {
    await lab.cut(two);
    await expect(ssh(lab, two, 'true')).rejects.toThrow('timed out');
    expect((await lab.exec(two, ['hostname'])).stdout).toBe(`${two}\n`);
    await lab.join(two);
    expect(await ssh(lab, two, 'hostname')).toBe(two);
  });

  test('a neighbour of this machine cannot come in by the way that hosts go out', async () => {
    // A network namespace stands for another machine that has this one as its gateway.
    const [space, near, far] = ['tsplay-neighbour', 'tsplay-near', 'tsplay-far'];
    const door = `bash -c 'exec 3<>/dev/tcp/${address(one)}/22 && head -c 7 <&3'`;
    const inside = ['netns', 'exec', space];
    try {
      await run('ip', ['netns', 'add', space]);
      await run('ip', ['link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', space]);
      await run('ip', ['address', 'add', '10.99.252.1/24', 'dev', near]);
      await run('ip', ['link', 'set', near, 'up']);
      await run('ip', [...inside, 'ip', 'address', 'add', '10.99.252.2/24', 'dev', far]);
      await run('ip', [...inside, 'ip', 'link', 'set', far, 'up']);
      await run('ip', [...inside, 'ip', 'route', 'add', 'default', 'via', '10.99.252.1']);
      expect((await run('sh', ['-c', door])).stdout).toBe('SSH-2.0');
      const knock = ['timeout', '2', 'sh', '-c', door];
      await expect(run('ip', [...inside, ...knock])).rejects.toMatchObject({ code: 124 });
    } finally {
      await run('ip', ['netns', 'delete', space]);
    }
  });

  test('a slow door leads to the same host, later', async () => {
    const door = await lab.slowDoor(two, 200);
    const keys = await lab.hostKeyLines(two, door);
    expect(keys).toContain(`[127.0.0.1]:${door.port} ssh-ed25519 `);
    const started = Date.now();
    const argv = ['-F', 'none', '-p', String(door.port), '-i', lab.keyFile];
    const trusted = ['-o', `HostKeyAlias=${two}`, '-o', `UserKnownHostsFile=${lab.knownHostsFile}`];
    const { stdout } = await run('ssh', [...argv, ...trusted, `root@${door.host}`, 'hostname']);
    expect(stdout).toBe(`${two}\n`);
    expect(Date.now() - started).toBeGreaterThan(1000);
    expect(door.received).toBeGreaterThan(1000);
    await door.close();
  });

  test('a power loss ends a host at once; it keeps its files and boots again', async () => {
    await onHost(lab, two, 'echo kept > /root/file; sync');
    await lab.powerOff(two);
    expect(lab.hosts.find((host) => host.name === two)?.pid).toBeUndefined();
    await expect(ssh(lab, two, 'true')).rejects.toThrow();
    await expect(lab.exec(two, ['true'])).rejects.toThrow(`${two} is not running`);
    expect(await ssh(lab, one, 'hostname')).toBe(one);
    await lab.boot(two);
    expect(await ssh(lab, two, 'cat /root/file; systemctl is-system-running')).toBe(
      'kept\nrunning',
    );
  });

  test('up repairs a host that lost its power, and leaves the other alone', async () => {
    const before = lab.hosts.find((host) => host.name === one)?.pid;
    await lab.powerOff(two);
    lab = await up({ name });
    expect(lab.hosts.find((host) => host.name === one)?.pid).toBe(before);
    expect(await ssh(lab, two, 'cat /root/file')).toBe('kept');
  });

  test('up with a higher count adds hosts', async () => {
    lab = await up({ name, count: 3 });
    expect(lab.hosts.map((host) => host.name)).toEqual([one, two, `${name}3`]);
    expect(await ssh(lab, `${name}3`, 'hostname')).toBe(`${name}3`);
  });

  test('a second lab stands beside it on a network of its own', async () => {
    const other = await labFor('e2eother', 1);
    try {
      expect(other.subnet).not.toBe(lab.subnet);
      expect(await ssh(other, 'e2eother1', 'hostname')).toBe('e2eother1');
      expect((await allLabs()).map((found) => found.name)).toEqual(
        expect.arrayContaining([name, 'e2eother']),
      );
    } finally {
      await other.down();
    }
    expect(await traces('e2eother')).toEqual([]);
    const greeting = `bash -c 'head -c 4 < /dev/tcp/${address(two)}/22'`;
    expect(await ssh(lab, one, greeting)).toBe('SSH-');
  });

  test('down leaves nothing, also of immutable files and of processes that refuse to end', async () => {
    await onHost(lab, one, 'touch /root/fixed && chattr +i /root/fixed');
    await onHost(
      lab,
      one,
      "systemd-run --quiet sh -c 'trap : TERM INT; while :; do sleep 1; done'",
    );
    expect((await traces(name)).length).toBeGreaterThan(5);
    await lab.down();
    expect(await traces(name)).toEqual([]);
    await expect(stat(lab.folder)).rejects.toThrow('ENOENT');
  });
});

describe('after a kill', () => {
  const killed = 'e2ekill';
  afterAll(() => down({ name: killed }));

  test.each([150, 300, 450, 600, 900])('%i ms into up, up again ends well', async (moment) => {
    await down({ name: killed });
    const script = fileURLToPath(new URL('../../lab/index.ts', import.meta.url));
    const code = `const { up } = await import(${JSON.stringify(script)});
      process.stdout.write('ready');
      await up({ name: '${killed}', count: 2, prefix: '${killed}' });`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await sleep(moment);
    child.kill('SIGKILL');
    const lab = await up({ name: killed, count: 2, prefix: killed });
    for (const host of lab.hosts) {
      expect(await ssh(lab, host.name, 'hostname; systemctl is-system-running')).toBe(
        `${host.name}\nrunning`,
      );
    }
    await lab.down();
    expect(await traces(killed)).toEqual([]);
  });
});
