/** The network between controller and host, and a host that loses its power. */
import { createServer, type AddressInfo } from 'node:net';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { openSlowDoor } from '../../lab/proxy.ts';
import { startLink, type Link } from '../transport/link.ts';
import { inventory, nearHost, type NearHost } from './hosts/near-host.ts';
import { Project, type Running } from './project.ts';
import { report } from './trial.ts';

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

async function host(options: Parameters<typeof nearHost>[0] = {}): Promise<NearHost> {
  const near = await nearHost(options);
  ends.push(() => near.stop());
  return near;
}

/** The way to a host, through another port of this machine; its key is known under that one too. */
function through(near: NearHost, port: number, name = 'h'): string {
  const known = `sshArguments: [-o, 'HostKeyAlias=[127.0.0.1]:${near.port}']`;
  return near.line(name, `user: root, ${known}`).replace(`port: ${near.port}`, `port: ${port}`);
}

/** Steps that can be done again, one of them slow enough to be cut. */
function project(hosts: string, seconds = 1): Project {
  const made = new Project({ 'hosts.yaml': hosts });
  ends.push(() => made.remove());
  made.write(
    'site.ts',
    `import { command, copy, play, playbook, shell } from 'tsplay';
const at = ${JSON.stringify(made.path('to'))};
export default playbook([play({ name: 'net', hosts: 'all', *tasks({ host }) {
  yield copy('before', { content: 'x', dest: \`\${at}/\${host.name}-before\` });
  yield shell('action', {
    script: \`echo >>\${at}/begun-\${host.name}; sleep ${seconds}; : >\${at}/\${host.name}-acted\`,
    creates: \`\${at}/\${host.name}-acted\`,
  }, { rerunnable: true });
  yield copy('after', { content: 'x', dest: \`\${at}/\${host.name}-after\` });
} })]);
`,
  );
  made.write('to/.keep', '');
  return made;
}

async function begun(made: Project, running: Running, name = 'h'): Promise<void> {
  let over = false;
  void running.ended.then(() => (over = true));
  while (!over && !existsSync(made.path('to', `begun-${name}`)))
    await new Promise((resolve) => setTimeout(resolve, 20));
}

const isDone = (made: Project, name = 'h'): boolean =>
  ['before', 'acted', 'after'].every((part) => existsSync(made.path('to', `${name}-${part}`)));

/** Runs it again in peace: all is done, and then nothing is to be done. */
async function unmended(made: Project): Promise<readonly string[]> {
  const next = await made.play(['--wait-lock', '60']);
  return next.code === 0 && isDone(made) ? [] : [`the next run: ${next.stdout}${next.stderr}`];
}

/** A run whose link is hurt in the middle of a step. @returns what did not hold */
async function survives(hurt: (link: Link) => void, seconds?: number): Promise<readonly string[]> {
  const near = await host();
  const link = await startLink(near.port);
  ends.push(() => link.stop());
  const made = project(inventory(through(near, link.port)), seconds);
  const running = made.start();
  await begun(made, running);
  hurt(link);
  const { code, stdout, stderr } = await running.ended;
  const wrong = code === 0 && isDone(made) ? [] : [`${code}: ${stdout}${stderr}`];
  return [...wrong, ...(await unmended(made))];
}

interface Case {
  readonly name: string;
  /** @returns what did not hold */
  readonly run: () => Promise<readonly string[]>;
}

/** Cut, refused, frozen: the run goes on by itself. */
const passing: readonly Case[] = [
  {
    name: 'it is cut in the middle of a step',
    run: () => survives((link) => link.cut()),
  },
  {
    name: 'it is reset, and the next two connections are refused',
    run: () =>
      survives((link) => {
        link.refuseNext(2);
        link.reset();
      }),
  },
  {
    name: 'it is frozen for 20 seconds',
    run: () =>
      survives((link) => {
        link.freeze();
        setTimeout(() => link.thaw(), 20_000);
      }, 2),
  },
  {
    name: 'a question and its answer take 1.5 seconds',
    async run() {
      const near = await host();
      const door = await openSlowDoor({ host: '127.0.0.1', port: near.port }, 1500);
      ends.push(() => door.close());
      const made = project(inventory(through(near, door.port)));
      const { code, stdout, stderr } = await made.play();
      const wrong = code === 0 && isDone(made) ? [] : [`${code}: ${stdout}${stderr}`];
      return [...wrong, ...(await unmended(made))];
    },
  },
  {
    name: 'sshd admits few at once (MaxStartups 3:50:6), and one session each (MaxSessions 1)',
    async run() {
      const near = await host({ lines: ['MaxStartups 3:50:6', 'MaxSessions 1'] });
      const names = Array.from({ length: 24 }, (_, index) => `h${index}`);
      const made = new Project({
        'hosts.yaml': inventory(...names.map((name) => near.line(name))),
        'site.ts': `import { play, playbook, query } from 'tsplay';
export default playbook([play({ name: 'many', hosts: 'all', *tasks() {
  yield query('who', { argv: ['id', '-un'] });
} })]);
`,
      });
      ends.push(() => made.remove());
      const { code, stdout, stderr } = await made.play();
      return code === 0 ? [] : [`${code}: ${stdout}${stderr}`];
    },
  },
];

/** Gone for good: the host is given up in its time, the other one is done. */
const lasting: readonly Case[] = [
  {
    name: 'nothing listens',
    run: () => givenUp((near) => near.stop()),
  },
  {
    name: 'what is sent is swallowed from the first byte',
    async run() {
      const hole = createServer(() => undefined);
      await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
      ends.push(() => hole.close());
      const { port } = hole.address() as AddressInfo;
      const [near, other] = await Promise.all([host(), host()]);
      const made = project(inventory(through(near, port), other.line('other')));
      const { code, stdout, stderr } = await made.play();
      return code === 4 && isDone(made, 'other') ? [] : [`${code}: ${stdout}${stderr}`];
    },
  },
  {
    name: 'it is frozen for good in the middle of a step',
    async run() {
      const [near, other] = await Promise.all([host(), host()]);
      const link = await startLink(near.port);
      ends.push(() => link.stop());
      const made = project(inventory(through(near, link.port), other.line('other')), 2);
      const running = made.start();
      await begun(made, running);
      link.freeze();
      const { code, stdout, stderr } = await running.ended;
      // The host hears of it now, and ends what it held for that run.
      link.thaw();
      link.cut();
      const wrong =
        [2, 4].includes(code ?? -1) && /\bh\b.*unreachable/.test(stdout)
          ? []
          : [`${code}: ${stdout}${stderr}`];
      return [...wrong, ...(await unmended(made))];
    },
  },
  {
    name: 'the power of the host is cut in the middle of a step, and comes back later',
    async run() {
      const inside = 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm';
      const near = await host({ inside, base: '/var/tmp' });
      const made = project(inventory(near.line('h')), 60);
      const running = made.start();
      await begun(made, running);
      near.cut();
      const { code, stdout, stderr } = await running.ended;
      const lost =
        code === 4 && stdout.includes('unreachable') ? [] : [`${code}: ${stdout}${stderr}`];
      // Another start of the same machine, whose memory is empty.
      const again = await host();
      made.write('hosts.yaml', inventory(again.line('h')));
      made.write(
        'site.ts',
        readFileSync(made.path('site.ts'), 'utf8').replace('sleep 60', 'sleep 0'),
      );
      return [...lost, ...(await unmended(made))];
    },
  },
];

/** The host goes away before the run; another one is there. */
async function givenUp(away: (near: NearHost) => Promise<void>): Promise<readonly string[]> {
  const [near, other] = await Promise.all([host(), host()]);
  const made = project(inventory(near.line('h'), other.line('other')));
  await away(near);
  const { code, stdout, stderr } = await made.play();
  return code === 4 && isDone(made, 'other') ? [] : [`${code}: ${stdout}${stderr}`];
}

/** Keys that do not fit: changed or unknown, strict or not, over both transports; one run for all. */
async function unfitKeys(): Promise<readonly string[]> {
  const near = await host();
  const made = new Project({
    'site.ts': `import { copy, play, playbook } from 'tsplay';
export default playbook([play({ name: 'keys', hosts: 'all', *tasks({ host }) {
  yield copy('in', { content: 'x', dest: ${JSON.stringify(`${near.folder}/`)} + host.name });
} })]);
`,
  });
  ends.push(() => made.remove());
  const changed = readFileSync(`${near.folder}/key.pub`, 'utf8').split(' ');
  const lines: string[] = [];
  for (const transport of ['openssh', 'node-ssh'])
    for (const checking of ['strict', 'accept-new'])
      for (const key of ['changed', 'unknown']) {
        const name = `${transport}-${checking}-${key}`;
        const known = key === 'changed' ? `[127.0.0.1]:${near.port} ${changed.join(' ')}` : '';
        made.write(name, known);
        const more = `user: root, transport: ${transport}, hostKeyChecking: ${checking}`;
        lines.push(
          near
            .line(name, more)
            .replace(/knownHostsFile: [^,]*/, `knownHostsFile: ${made.path(name)}`),
        );
      }
  made.write('hosts.yaml', inventory(...lines));
  const { code, stdout, stderr } = await made.play();
  const isIn = (name: string): boolean => existsSync(`${near.folder}/${name}`);
  const names = lines.map((line) => line.trim().split(':')[0] ?? '');
  const wrong = names.filter((name) => isIn(name) !== name.endsWith('accept-new-unknown'));
  return code === 4 && wrong.length === 0
    ? []
    : [`${code}: ${wrong.join()}\n${stdout}${stderr}`, ...wrong.slice(1)];
}

async function all(cases: readonly Case[]): Promise<readonly string[]> {
  const missed = await Promise.all(
    cases.map(async ({ name, run }) => {
      const wrong = await run();
      return wrong.length === 0 ? [] : [`${name}: ${wrong.join('\n')}`];
    }),
  );
  return missed.flat();
}

describe.concurrent('the network', () => {
  test('that fails for a while, or is slow, costs time only', async (context) => {
    const missed = await all(passing);
    report(context, {
      fault: passing.map(({ name }) => name).join('; '),
      promise: 'the run goes on by itself and ends with 0; the next one finds nothing to do',
      tried: passing.length,
      held: passing.length - missed.length,
      missed,
    });
  }, 240_000);

  test('that is gone for good costs one host, in its time', async (context) => {
    const missed = await all(lasting);
    report(context, {
      fault: lasting.map(({ name }) => name).join('; '),
      promise:
        'the host is unreachable within two minutes and the other one is done; when it is back, the next run does what was left',
      tried: lasting.length,
      held: lasting.length - missed.length,
      missed,
    });
    expect(missed).toEqual([]);
  }, 240_000);

  test('that leads to another machine is refused', async (context) => {
    const tried = 8;
    const missed = await unfitKeys();
    report(context, {
      fault:
        "the host's key is changed or unknown; checked strictly or `accept-new`; over both transports",
      promise:
        'nothing is sent to it; an unknown one is accepted where the inventory says so, only',
      tried,
      held: tried - missed.length,
      missed,
    });
  });
});
