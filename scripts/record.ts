/**
 * `npm run record [READER…]`: asks every reader on a fresh lab host, whose state its table in
 * test/readers/recordings makes, and keeps what the host's own tools printed, with their versions,
 * in test/fixtures/readers. Needs root, as the lab does.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { down, up, type Lab, type LabHost } from '../lab/index.ts';
import { recordings } from '../test/readers/recordings/index.ts';
import { systems, type Recording } from '../test/readers/recordings/recording.ts';

const name = 'record';
const fixtures = fileURLToPath(new URL('../test/fixtures/readers/', import.meta.url));
/** Parts the answers; nothing on the host prints it by chance. */
const mark = 'b4c1f00d';
/** Where a script and its answer lie on the host. */
const desk = '/srv/record';
const surroundings = `cd /; umask 022; export LC_ALL=C HOME=/root
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

const asked = process.argv.slice(2);
const isChosen = ({ reader }: Recording) => asked.length === 0 || asked.includes(reader.name);
if (!recordings.some(isChosen)) throw new Error(`no recording is of ${asked.join(' or ')}`);

const say = (line: string) => process.stderr.write(`${line}\n`);
await down({ name });
const lab = await up({ name, count: 1, prefix: name, say });
try {
  const [host] = lab.hosts;
  if (host === undefined) throw new Error('the lab has no host');
  await furnish(lab, host);
  for (const recording of recordings) {
    // What comes before a chosen one may make what it looks at.
    await prepare(lab, host, recording);
    if (!isChosen(recording)) continue;
    say(recording.name);
    writeFileSync(join(fixtures, `${recording.name}.json`), await record(lab, host, recording));
  }
} finally {
  await lab.down();
}

/** What all systems need; Debian's own services start as a person's would. */
async function furnish(of: Lab, host: LabHost): Promise<void> {
  const packages = [...new Set(['busybox', ...recordings.flatMap((one) => one.packages)])];
  await root(
    of,
    host,
    `mkdir -m 755 -p /opt/busybox ${desk}; chmod 755 ${desk}
export DEBIAN_FRONTEND=noninteractive; apt-get -qq update
apt-get -qq install -y --no-install-recommends ${packages.join(' ')} >/dev/null 2>&1
busybox --install -s /opt/busybox; chmod 755 /opt/busybox`,
  );
}

async function prepare(of: Lab, host: LabHost, recording: Recording): Promise<void> {
  for (const [path, bytes] of Object.entries(recording.files)) {
    mkdirSync(dirname(join(host.root, path)), { recursive: true });
    writeFileSync(join(host.root, path), bytes);
  }
  for (const [path, local] of Object.entries(await recording.programs())) {
    if (!existsSync(join(host.root, path))) copyFileSync(local, join(host.root, path));
  }
  await root(of, host, recording.prepare);
}

async function record(of: Lab, host: LabHost, recording: Recording): Promise<string> {
  const { reader, system } = recording;
  const keys = recording.cases.map(({ key }) => key);
  const at = (file: string) => join(host.root, desk, file);
  writeFileSync(at('script'), reader.script(keys, mark), { mode: 0o644 });
  const shell = systems[system].join(' ');
  const code = await root(
    of,
    host,
    `code=0; umask 077; ${shell} ${desk}/script </dev/null >${desk}/out 2>${desk}/err || code=$?; echo "$code"`,
  );
  const stdout = readFileSync(at('out'));
  const text = stdout.toString('utf8');
  const encoding = Buffer.from(text).equals(stdout) ? 'utf8' : 'latin1';
  const printed = {
    reader: reader.name,
    system: await root(of, host, '. /etc/os-release; echo "$ID $(cat /etc/debian_version)"'),
    shell,
    tools: await versions(of, host, recording),
    mark,
    keys,
    code: Number(code),
    encoding,
    stdout: stdout.toString(encoding).split('\n'),
    stderr: readFileSync(at('err'), 'utf8').replaceAll(`${desk}/script`, 'script'),
  };
  return `${JSON.stringify(printed, undefined, 2)}\n`;
}

/** The first line that each command says. */
function versions(of: Lab, host: LabHost, { version }: Recording): Promise<string> {
  const commands = version.split('; ').map((command) => `${command} 2>&1 | head -n 1`);
  return root(of, host, commands.join('\n'));
}

/** @throws Error with what the host said */
async function root(of: Lab, host: LabHost, line: string): Promise<string> {
  const result = await of.exec(host.name, ['sh', '-c', `set -e; ${surroundings}\n${line}`]);
  if (result.code === 0) return result.stdout.trim();
  throw new Error(`exit code ${result.code}: ${line}\n${result.stdout}${result.stderr}`);
}
