/** `play lab`: throwaway hosts from the command line. */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { PlayError, UsageError } from '../engine/errors.ts';
import type { Lab } from './lab.ts';
import { defaultLab } from './plan.ts';
import { down } from './down.ts';
import { allLabNames, allLabs, findLab, up } from './up.ts';

const usage = `play lab up [N]            bring N hosts up (3 where none were), or repair those there are
play lab down              remove the lab and all it had; --all: every lab
play lab status            list labs and their hosts
play lab ssh HOST [CMD…]   log in to a host as root, or run a command there

  --name NAME       which lab (default: ${defaultLab}); labs stand side by side
  --prefix PREFIX   what host names begin with (default: node)
  --subnet A.B.C    the lab's /24 network (default: 10.99.0, for another name a free one)
  --packages P,Q    further Debian packages on every host of a new lab
  --python          Python on every host of a new lab`;

const flags = {
  name: { type: 'string' },
  prefix: { type: 'string' },
  subnet: { type: 'string' },
  packages: { type: 'string' },
  python: { type: 'boolean' },
  all: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Out = (line: string) => void;

/**
 * Runs `play lab`.
 * @param argv what follows `lab` on the command line
 * @param out gets each line for the person
 * @returns the exit code; that of the remote command for `ssh`
 * @throws UsageError for a wrong command line, PlayError where the lab cannot be had.
 */
export async function labCommand(argv: readonly string[], out: Out): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb === undefined || verb === '--help' || verb === '-h' || verb === 'help') {
    out(usage);
    return 0;
  }
  if (verb === 'ssh') return ssh(rest);
  const { values, positionals } = parse(rest, Object.keys(flagsOf(verb)));
  if (values.help) {
    out(usage);
    return 0;
  }
  if (positionals.length > (verb === 'up' ? 1 : 0)) {
    throw new UsageError(`play lab ${verb} does not take "${positionals.at(-1)}"`, { hint: usage });
  }
  if (verb === 'up') return bringUp(positionals[0], values, out);
  if (verb === 'down') return takeDown(values, out);
  return status(values.name, out);
}

type Values = ReturnType<typeof parse>['values'];

/** The flags that a verb knows. */
function flagsOf(verb: string): Partial<typeof flags> {
  const { name, all, help, ...rest } = flags;
  if (verb === 'up') return { name, help, ...rest };
  if (verb === 'down') return { name, all, help };
  if (verb === 'status') return { name, help };
  throw new UsageError(`play lab has no command "${verb}"`, { hint: usage });
}

function parse(argv: readonly string[], known: readonly string[]) {
  try {
    const parsed = parseArgs({ args: [...argv], options: flags, allowPositionals: true });
    const strange = Object.keys(parsed.values).find((flag) => !known.includes(flag));
    if (strange !== undefined) throw new Error(`--${strange} means nothing here`);
    return parsed;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(reason, { hint: usage, cause });
  }
}

async function bringUp(count: string | undefined, values: Values, out: Out): Promise<number> {
  if (count !== undefined && !/^\d+$/.test(count)) {
    throw new UsageError(`"${count}" is no number of hosts`, { hint: usage });
  }
  const started = Date.now();
  const lab = await up({
    name: values.name,
    count: count === undefined ? undefined : Number(count),
    prefix: values.prefix,
    subnet: values.subnet,
    packages: values.packages?.split(',').filter((name) => name !== ''),
    python: values.python,
    say: out,
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  out(`lab ${lab.name}: ${lab.hosts.length} hosts up after ${seconds} s`);
  for (const line of describeHosts(lab)) out(line);
  out(`key:         ${lab.keyFile}`);
  out(`known hosts: ${lab.knownHostsFile}`);
  const name = lab.name === defaultLab ? '' : ` --name ${lab.name}`;
  out(`log in:      play lab ssh${name} ${lab.hosts[0]?.name}`);
  out(`remove:      play lab down${name}`);
  return 0;
}

async function takeDown(values: Values, out: Out): Promise<number> {
  if (values.all && values.name !== undefined) {
    throw new UsageError('--all and --name contradict each other', { hint: usage });
  }
  const existing = await allLabNames();
  const names = values.all ? existing : [values.name ?? defaultLab];
  for (const name of names) {
    const existed = existing.includes(name);
    await down({ name, say: out });
    out(existed ? `lab ${name} is removed` : `there is no lab ${name}`);
  }
  return 0;
}

async function status(name: string | undefined, out: Out): Promise<number> {
  const labs = name === undefined ? await allLabs() : [await findLab(name)];
  if (labs.length === 0) out('no lab; make one with `play lab up`');
  for (const lab of labs) {
    out(`lab ${lab.name} (${lab.subnet}.0/24)`);
    for (const line of describeHosts(lab)) out(line);
  }
  return 0;
}

function describeHosts(lab: Lab): string[] {
  const width = Math.max(...lab.hosts.map((host) => host.name.length));
  return lab.hosts.map((host) => {
    const state = host.pid === undefined ? 'off' : `up, process ${host.pid}`;
    return `  ${host.name.padEnd(width)}  ${host.address.padEnd(15)}  ${state}`;
  });
}

/** Everything after the host's name belongs to the remote command, also what looks like a flag. */
async function ssh(argv: readonly string[]): Promise<number> {
  const first = argv.findIndex((word, index) => {
    return !word.startsWith('-') && argv[index - 1] !== '--name';
  });
  const { values } = parse(first < 0 ? argv : argv.slice(0, first), ['name', 'help']);
  const host = first < 0 ? undefined : argv[first];
  if (host === undefined) throw new UsageError('which host?', { hint: usage });
  const lab = await findLab(values.name ?? defaultLab);
  const found = lab.hosts.find((candidate) => candidate.name === host);
  if (!found) {
    const names = lab.hosts.map((candidate) => candidate.name).join(', ');
    throw new PlayError(`lab ${lab.name} has no host "${host}"`, { hint: `it has ${names}` });
  }
  return logIn(lab, found.address, argv.slice(first + 1));
}

function logIn(lab: Lab, address: string, command: readonly string[]): Promise<number> {
  const options = [
    `UserKnownHostsFile=${lab.knownHostsFile}`,
    'GlobalKnownHostsFile=/dev/null',
    'StrictHostKeyChecking=yes',
    'IdentitiesOnly=yes',
  ].flatMap((option) => ['-o', option]);
  const argv = ['-i', lab.keyFile, ...options, `root@${address}`, ...command];
  const child = spawn('ssh', argv, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', (cause) => {
      reject(new PlayError('the ssh program is missing (package openssh-client)', { cause }));
    });
    child.on('close', (code) => resolve(code ?? 255));
  });
}
