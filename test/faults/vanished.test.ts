/** Controllers that hold a host and vanish without a word, and others that have nothing to say for long. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, test } from 'vitest';
import { startLink } from '../transport/link.ts';
import { inventory, nearHost, type NearHost } from './hosts/near-host.ts';
import { Project } from './project.ts';
import { report } from './trial.ts';

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

async function host(): Promise<NearHost> {
  const near = await nearHost();
  ends.push(() => near.stop());
  return near;
}

/** Two steps; what they do stands in the log, which is the host's. */
function project(line: string, log: string, steps: string): Project {
  const made = new Project({
    'hosts.yaml': inventory(line),
    'site.ts': `import { play, playbook, query, shell } from 'tsplay';
const log = ${JSON.stringify(log)};
const note = (what) => shell(what, { script: \`echo \${what} >>\${log}\` });
const busy = (seconds) => \`echo $$ >>\${log}.busy; exec sleep \${seconds}\`;
export default playbook([play({ name: 'holds', hosts: 'all', *tasks() {
  ${steps}
} })]);
`,
  });
  ends.push(() => made.remove());
  return made;
}

const linesOf = (path: string): readonly string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];

async function busy(log: string): Promise<void> {
  while (linesOf(`${log}.busy`).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** What holds the host when its network ends, and the controller with it. */
const holding: Readonly<Record<string, string>> = {
  'in a step': "yield shell('long', { script: busy(600) }); yield note('first');",
  'while it still reads':
    "yield query('long', { argv: ['sh', '-c', busy(600)] }, { timeout: 500 }); yield note('first');",
};

async function freed(steps: string): Promise<readonly string[]> {
  const near = await host();
  const link = await startLink(near.port);
  ends.push(() => link.stop());
  const log = `${near.folder}/said`;
  const known = `user: root, sshArguments: [-o, 'HostKeyAlias=[127.0.0.1]:${near.port}']`;
  const line = near.line('h', known).replace(`port: ${near.port}`, `port: ${link.port}`);
  const first = project(line, log, steps).start();
  await busy(log);
  link.freeze();
  first.child.kill('SIGKILL');
  await first.ended;
  const looks = `yield shell('looks', { script: \`! kill -0 $(cat \${log}.busy)\` });`;
  const second = project(near.line('h'), log, `${looks} yield note('second');`);
  const refused = await second.play();
  const clear = /another run works on h: site\.ts[^]*more\s+than\s+60\s+s\s+ends/;
  const waited = await second.play(['--wait-lock', '150']);
  return [
    ...(refused.code === 5 && clear.test(refused.stdout)
      ? []
      : [`${refused.code}: ${refused.stdout}${refused.stderr}`]),
    ...(waited.code === 0 && linesOf(log).join() === 'second'
      ? []
      : [`${waited.code} ${linesOf(log).join()}: ${waited.stdout}${waited.stderr}`]),
  ];
}

/** One run is silent for longer than a controller that is gone; the other waits until it is done. */
async function kept(transport: string): Promise<readonly string[]> {
  const near = await host();
  const log = `${near.folder}/said`;
  const slow = "yield shell('long', { script: busy(85) }); yield note('first');";
  const first = project(near.line('h', `user: root, transport: ${transport}`), log, slow).start();
  await busy(log);
  const second = project(near.line('h'), log, "yield note('second');");
  const waited = await second.play(['--wait-lock', '150']);
  const { code, stdout, stderr } = await first.ended;
  return code === 0 && waited.code === 0 && linesOf(log).join() === 'first,second'
    ? []
    : [`${transport}: ${code} ${linesOf(log).join()}: ${stdout}${stderr}${waited.stdout}`];
}

async function all<T>(
  of: readonly T[],
  trial: (each: T) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  return (await Promise.all(of.map(trial))).filter((each) => each.length > 0).map(String);
}

describe.concurrent('a controller that holds a host', () => {
  test('and vanishes is not waited for', async (context) => {
    const cases = Object.entries(holding);
    const missed = await all(cases, ([, steps]) => freed(steps));
    report(context, {
      fault: `the controller of a run and its network vanish without a word ${cases.map(([name]) => name).join('; ')}`,
      promise:
        'the next run says who holds the host, and with `--wait-lock` of more than 60 s ends what that one left there and works',
      tried: cases.length,
      held: cases.length - missed.length,
      missed,
    });
  }, 240_000);

  test('and only has nothing to say keeps it', async (context) => {
    const transports = ['openssh', 'node-ssh'];
    const missed = await all(transports, kept);
    report(context, {
      fault: `another run waits for one whose step is silent for 85 s, over ${transports.join(' and ')}`,
      promise: 'it waits until that one is done',
      tried: transports.length,
      held: transports.length - missed.length,
      missed,
    });
  }, 240_000);
});
