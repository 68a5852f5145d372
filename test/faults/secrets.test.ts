import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  channels,
  exposed,
  forms,
  holders,
  holdingSite,
  open,
  seen,
  site,
  startsIn,
} from './canaries.ts';
import { journalOf, loggingHost } from './hosts/logging-host.ts';
import { inventory, nearHost, type NearHost } from './hosts/near-host.ts';
import { Project, running, type Ended } from './project.ts';
import { report } from './trial.ts';

/** Every program that starts below, with its arguments and its environment. */
const trace = (file: string): readonly string[] =>
  `strace -f --seccomp-bpf -qq -v -e trace=execve -e signal=none -s 100000 -o ${file}`.split(' ');

/** Everything below these folders, as text, with the names. */
function filesOf(...folders: readonly string[]): string {
  return folders
    .flatMap((at) => readdirSync(at, { recursive: true, withFileTypes: true }))
    .map((entry) => {
      const path = `${entry.parentPath}/${entry.name}`;
      return entry.isFile() ? `${path}\n${readFileSync(path, 'latin1')}` : path;
    })
    .join('\n');
}

/** Of the machine itself on no host: each has its own. */
const writtenFolders = ['/dev/shm', '/tmp', '/run/tsplay', '/var/log'];

const leaksIn = (where: string, text: string): readonly string[] =>
  channels.filter((channel) => seen(text, channel)).map((channel) => `${channel} in ${where}`);

describe('secrets of a play', () => {
  /** Every program that starts there is seen; nobody becomes another user under a tracer. */
  let host: NearHost;
  /** Becomes root by sudo with a password, and writes down what it is told. */
  let logging: NearHost;
  let project: Project;
  /** What these runs printed, by their flags. */
  let ran: Readonly<Record<string, Ended>> = {};
  const traced = (name: string, flags: readonly string[], env = {}): Promise<Ended> =>
    running(
      [...trace(project.path(`${name}.trace`)), ...project.command(...flags)],
      project.folder,
      env,
    ).ended;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'));
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    project = new Project({
      'site.ts': site(`http://127.0.0.1:${port}/`),
      'templates/secret.hbs': 'it = {{it}}\n',
    });
    const becomePassword = 'canary-inventory-Zq81x';
    const inside = ['/srv', '/tmp', '/var/log']
      .map((at) => `mount -t tmpfs tmpfs ${at}`)
      .join('\n');
    host = await nearHost({ inside, under: trace('/srv/trace'), base: '/var/tmp' });
    logging = await nearHost({ inside: loggingHost(becomePassword), base: '/opt' });
    const lines = [
      host.line('h', `user: root, becomePassword: ${becomePassword}`),
      logging.line('logging', `user: odd, becomePassword: ${becomePassword}`),
    ];
    project.write('hosts.yaml', inventory(...lines));
    const [node = '', program = ''] = project.command();
    const list = [node, program, 'inventory', '--list', '-i', 'hosts.yaml'];
    ran = {
      '--check --diff': await traced('check', ['--check', '--diff']),
      '-vv --diff --profile': await traced('run', ['-vv', '--diff', '--profile']),
      'inventory --list': await running(list, project.folder).ended,
      '--output json': await traced('json', ['--output', 'json'], { FAIL: 'yes' }),
    };
  }, 240_000);
  afterAll(async () => {
    server.close();
    await host.stop();
    await logging.stop();
    await project.remove();
  });

  test('are seen by nobody who looks at processes, at what is printed or at what is kept', async (context) => {
    expect(
      Object.values(ran).map(({ code }) => code),
      JSON.stringify(ran),
    ).toEqual([0, 0, 0, 2]);
    const root = host.root();
    const onHost = startsIn(readFileSync(`${root}/srv/trace`, 'latin1'));
    const here = ['check', 'run', 'json'].map((name) =>
      startsIn(readFileSync(project.path(`${name}.trace`), 'latin1')),
    );
    const sinks: Readonly<Record<string, string>> = {
      'arguments on the host': onHost.argv,
      'environments on the host': onHost.environment,
      'arguments on the controller': here.map(({ argv }) => argv).join('\n'),
      'environments on the controller': here.map(({ environment }) => environment).join('\n'),
      'journals and pending handlers': filesOf(project.path('.play')),
      'temporary files and logs of the host': filesOf(
        ...writtenFolders.flatMap((at) => [`${root}${at}`, `${logging.root()}${at}`]),
        ...['/run', '/home', '/root'].map((at) => `${logging.root()}${at}`),
      ),
      'what journald keeps': journalOf(logging.root()),
      "sudo's log": readFileSync(`${logging.root()}/var/log/sudo.log`, 'latin1'),
      "sshd's log": (await host.log()) + (await logging.log()),
      ...Object.fromEntries(
        Object.entries(ran).map(([name, { stdout, stderr }]) => [`\`${name}\``, stdout + stderr]),
      ),
    };
    // Else nothing could be found there.
    expect(seen(onHost.environment, exposed)).toBe(true);
    expect(sinks['what journald keeps']).toMatch(/PWD=.*COMMAND=/);
    expect(sinks["sudo's log"]).toContain('COMMAND=');
    expect(here.every(({ argv }) => argv.includes('"ssh"'))).toBe(true);
    expect(readdirSync(project.path('.play', 'pending'))).not.toEqual([]);
    const missed = Object.entries(sinks).flatMap(([name, text]) => [
      ...leaksIn(name, text),
      ...(seen(text, exposed) && name !== 'environments on the host' ? [`exposed in ${name}`] : []),
    ]);
    const tried = (channels.length + 1) * Object.keys(sinks).length;
    report(context, {
      fault: `${channels.length} secrets, given to all that takes some (one of 160 kB, one of 1 MB; one more with \`exposeSecret\`), are looked for in ${Object.keys(sinks).join(', ')}`,
      promise: 'none is found; with `exposeSecret` it is in the environment, and nowhere else',
      tried,
      held: tried - missed.length,
      missed,
    });
  });

  test('are stars in whatever form a program prints them', (context) => {
    const events = ran['--output json']?.stdout.split('\n') ?? [];
    const saidBy = (step: string): string =>
      events.filter((event) => event.includes(JSON.stringify(step))).join('\n');
    const missed = Object.keys(forms).filter(
      (form) =>
        !seen(saidBy(`${open}, ${form}`), open) ||
        seen(saidBy(`short, ${form}`), 'stdin') ||
        seen(saidBy(`long, ${form}`), 'long'),
    );
    report(context, {
      fault: `a program on the host prints secrets, short and long: ${Object.keys(forms).join(', ')}`,
      promise: 'they are hidden, and what is no secret is shown',
      tried: Object.keys(forms).length,
      held: Object.keys(forms).length - missed.length,
      missed,
    });
  });

  test('are in files that only their owner reads', (context) => {
    const kept = ['content', 'template', 'line', 'large', 'huge'].map((name) => `/srv/s/${name}`);
    const paths = kept.map((path) => `${host.root()}${path}`);
    const open = paths.filter((path) => (statSync(path).mode & 0o7777) !== 0o600);
    report(context, {
      fault: 'no mode is given for files with secret content',
      promise: 'they have 0600',
      tried: paths.length,
      held: paths.length - open.length,
      missed: open,
    });
  });

  test('are gone with the controller that is killed', async (context) => {
    const names = Object.keys(holders);
    // They write the same path: each has its own.
    const inside = 'mount -t tmpfs tmpfs /srv';
    const hosts = await Promise.all(names.map(() => nearHost({ inside })));
    const killed = new Project({
      'hosts.yaml': inventory(...hosts.map((each, index) => each.line(`h${index}`))),
      'site.ts': holdingSite,
    });
    const folders = hosts.map((each) => `${each.root()}/dev/shm`);
    const holding = (): readonly boolean[] => folders.map((at) => seen(filesOf(at), 'stdin'));
    const { child, ended } = killed.start([], { env: { HOLD: 'yes' } });
    await expect.poll(holding, { timeout: 60_000, interval: 200 }).toEqual(names.map(() => true));
    child.kill('SIGKILL');
    await ended;
    await expect
      .poll(() => holding().includes(true), { timeout: 15_000 })
      .toBe(false)
      .catch(() => undefined);
    const kept = holding();
    const next = await killed.play();
    const missed = names.filter(
      (_, index) => kept[index] || readdirSync(folders[index] ?? '').length > 0 || next.code !== 0,
    );
    if (next.code !== 0) missed.push(next.stdout + next.stderr);
    await Promise.all(hosts.map((each) => each.stop()));
    await killed.remove();
    report(context, {
      fault: `the controller is killed (\`kill -9\`) while a program on the host ${names.join(', ')}`,
      promise:
        'within seconds no file there holds the secret; the next run works at once, and nothing of the killed one is left',
      tried: names.length,
      held: names.length - missed.filter((each) => each in holders).length,
      missed,
    });
  });
});
