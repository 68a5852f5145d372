/** What Node and libraries show by themselves, when they are told to or when they fail. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inventory, nearHost, type NearHost } from './hosts/near-host.ts';
import { insideOf } from './hosts/surroundings.ts';
import { leakingSite, ways, word, words } from './leaking.ts';
import { Project, type Ended } from './project.ts';
import { report } from './trial.ts';

/** Of users that nobody else has. */
const uid = 4192;
const crypt = (password: string): string =>
  execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: password, encoding: 'utf8' }).trim();

/** Everything that a run may have written into its folder, with the names. */
function writtenIn(project: Project): string {
  return readdirSync(project.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['site.ts', 'hosts.yaml'].includes(entry.name))
    .map(({ parentPath, name }) => `${name}\n${readFileSync(`${parentPath}/${name}`, 'latin1')}`)
    .join('\n');
}

describe('nothing of a secret is shown', () => {
  /** One for each of those that run at once. */
  let hosts: readonly NearHost[] = [];
  const projects: Project[] = [];
  /** Logs in by password; over both transports. */
  function project(host: NearHost, login: string, become: string): Project {
    const made = new Project({ 'site.ts': leakingSite });
    symlinkSync(
      fileURLToPath(new URL('../../node_modules/zx', import.meta.url)),
      made.path('node_modules', 'zx'),
    );
    const more = `user: odd, password: ${login}, becomePassword: ${become}`;
    const lines = ['node-ssh', 'openssh'].map((transport) =>
      host
        .line(transport, `${more}, transport: ${transport}`)
        .replace(/privateKeyFile: [^,]*, /, ''),
    );
    const vars = `  vars: { inventory: !secret ${word('inventory')}, environment: !env CANARY }\n`;
    made.write('hosts.yaml', inventory(...lines) + vars);
    projects.push(made);
    return made;
  }
  beforeAll(async () => {
    const inside = insideOf(
      {
        // One password lets in, and becomes root.
        password: crypt(word('login')),
        sudoers: ['Defaults passwd_tries=1', 'odd ALL=(ALL) ALL'],
        inside: 'chmod 755 /home/odd',
      },
      uid,
    );
    const options = { inside, base: '/var/tmp' };
    hosts = await Promise.all([nearHost(options), nearHost(options)]);
    // The first run after a change compiles the engine, and with NODE_DEBUG Node shows the
    // environment of that program: what is secret in there is known with the inventory only.
    const [host] = hosts;
    if (host) await project(host, word('login'), word('login')).play(['--list-tasks']);
  });
  afterAll(async () => {
    for (const host of hosts) await host.stop();
    for (const made of projects) await made.remove();
  });

  const options = '--report-uncaught-exception --report-on-fatalerror --report-on-signal';
  const cases: Readonly<
    Record<
      string,
      {
        readonly env: Readonly<Record<string, string>>;
        readonly flags?: readonly string[];
        readonly passwords?: readonly [login: string, become: string];
        /** What is seen where the way was gone at all. */
        readonly shows: RegExp;
      }
    >
  > = {
    'with `NODE_DEBUG=*`, `DEBUG=*` and `ZX_VERBOSE=true`': {
      env: { NODE_DEBUG: '*', DEBUG: '*', ZX_VERBOSE: 'true' },
      flags: ['-vv', '--diff'],
      shows: /^NET \d+:/m,
    },
    [`by ${ways.join(', ')}`]: {
      env: { HOW: 'print', NODE_OPTIONS: '--trace-warnings' },
      flags: ['-vv', '--diff'],
      shows: /PLAY leaks[^]*Trace: \*\*\*/,
    },
    'by an error that nobody catches (`--trace-uncaught`, `--report-uncaught-exception`)': {
      env: { HOW: 'throw', NODE_OPTIONS: `${options} --trace-uncaught` },
      shows: /the end of it: \*\*\*/,
    },
    'by the report of a process without memory (`--report-on-fatalerror`)': {
      env: { HOW: 'exhaust', NODE_OPTIONS: `${options} --max-old-space-size=150` },
      shows: /heap out of memory/,
    },
    'by a report that a signal asks for (`--report-on-signal`)': {
      env: { HOW: 'signal', NODE_OPTIONS: options },
      shows: /RECAP[^]*no report is written/,
    },
    'by passwords that are wrong': {
      env: { NODE_DEBUG: '*' },
      passwords: [`${word('login')}-not`, word('become')],
      shows: /unreachable/,
    },
    'by a become password that is wrong': {
      env: {},
      passwords: [word('login'), word('become')],
      flags: ['-vv'],
      shows: /password is wrong/,
    },
  };

  test('whatever Node, a library or a playbook does', async (context) => {
    const missed: string[] = [];
    const run = async (host: NearHost, [name, of]: (typeof entries)[number]): Promise<void> => {
      const made = project(host, ...(of.passwords ?? ([word('login'), word('login')] as const)));
      const env = { CANARY: word('environment'), ...of.env };
      const ended: Ended = await made.play(of.flags, { env });
      const said = ended.stdout + ended.stderr;
      if (!of.shows.test(said)) missed.push(`${name}: ended with ${ended.code}: ${said}`);
      const all = said + writtenIn(made);
      const hex = (text: string): string => Buffer.from(text).toString('hex');
      const found = words.filter((each) =>
        [
          each,
          hex(each),
          hex(each).replaceAll(/..(?!$)/g, '$& '),
          Buffer.from(each).join(','),
        ].some((form) => all.includes(form)),
      );
      if (found.length > 0) missed.push(`${name}: ${found.join()}`);
    };
    const entries = Object.entries(cases);
    const queue = [...entries];
    await Promise.all(
      hosts.map(async (host) => {
        for (let next = queue.shift(); next; next = queue.shift()) await run(host, next);
      }),
    );
    report(context, {
      fault: `a run that knows ${words.length} secrets (of a playbook, of the inventory, of the environment, passwords) shows them ${entries.map(([name]) => name).join('; ')}`,
      promise: 'none is in what is printed, nor in any file',
      tried: entries.length,
      held: Math.max(0, entries.length - missed.length),
      missed,
    });
    expect(missed).toEqual([]);
  }, 240_000);
});
