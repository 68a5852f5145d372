/** `play shard`: writes the job that runs a playbook in parts on what people have, and starts it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { CommandContext } from '../command.ts';
import { playFlags, type shardFlags } from '../flags.ts';
import { parseFlags, type FlagValues, type Parsed } from '../parse.ts';
import { playSettings } from '../settings.ts';
import { checkedPart } from './checked-part.ts';
import { githubFile, gitlabFile } from './ci.ts';
import type { Job, JobFile } from './job.ts';
import { kubernetesFile } from './kubernetes.ts';
import { slurmFile } from './slurm.ts';
import { clusterMinor, startOnKubernetes, startOnSlurm } from './start.ts';

type Flags = FlagValues<typeof shardFlags>;

const systems = ['kubernetes', 'slurm', 'gitlab', 'github'] as const;
type System = (typeof systems)[number];

/** Flags that one system alone has. */
const ownFlags: Readonly<Partial<Record<keyof Flags, System>>> = {
  image: 'kubernetes',
  namespace: 'kubernetes',
  'ssh-secret': 'kubernetes',
  'state-claim': 'kubernetes',
  kubernetes: 'kubernetes',
  program: 'slurm',
  partition: 'slurm',
  time: 'slurm',
};

/** @throws UsageError for what the system or `play` would not take */
export async function shard(
  { flags, positionals }: Parsed<typeof shardFlags>,
  { out }: CommandContext,
): Promise<number> {
  const [word, ...argv] = positionals;
  const system = systems.find((each) => each === word);
  if (!system) {
    throw new UsageError(word === undefined ? 'no system given' : `no system ${word}`, {
      hint: `it is one of ${systems.join(', ')}`,
    });
  }
  for (const [flag, of] of Object.entries(ownFlags)) {
    if (flags[flag as keyof Flags] !== undefined && of !== system)
      throw new UsageError(`--${flag} is for ${of}, not for ${system}`);
  }
  const isPipeline = system === 'gitlab' || system === 'github';
  if (isPipeline && flags.start) {
    throw new UsageError(`--start: ${system} starts a pipeline of what was pushed to it`, {
      hint: 'leave it out, and push the file that is written',
    });
  }
  const file = fileFor(system, jobOf(flags, argv), flags);
  const path = join(flags.folder ?? (isPipeline ? '.' : 'shards'), file.path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, file.text);
  const shown = relative(process.cwd(), path);
  out.write(`${shown}\n`);
  if (flags.start) {
    const isAgain = flags.only !== undefined;
    out.write(system === 'slurm' ? startOnSlurm(path) : startOnKubernetes(path, isAgain));
  } else for (const line of file.advice) out.write(`  ${line.replaceAll('FILE', shown)}\n`);
  return 0;
}

function fileFor(system: System, job: Job, flags: Flags): JobFile {
  switch (system) {
    case 'kubernetes':
      if (flags.image === undefined) {
        throw new UsageError('--image: which image has tsplay and the project', {
          hint: 'docs/shards.md shows how one is made from our Dockerfile',
        });
      }
      return kubernetesFile({
        ...job,
        image: flags.image,
        namespace: flags.namespace,
        sshSecret: flags['ssh-secret'] ?? 'tsplay-ssh',
        stateClaim: flags['state-claim'],
        minor: minorOf(flags),
      });
    case 'slurm':
      return slurmFile({
        ...job,
        program: flags.program ?? 'npx play',
        partition: flags.partition,
        time: flags.time,
      });
    case 'gitlab':
      return gitlabFile(job);
    case 'github':
      return githubFile(job);
  }
}

function minorOf({ kubernetes, start }: Flags): number {
  if (kubernetes === undefined) return start ? clusterMinor() : 24;
  const minor = /^v?1\.(\d+)(\.|$)/.exec(kubernetes)?.[1];
  if (minor !== undefined) return Number(minor);
  throw new UsageError(`--kubernetes ${kubernetes}: not a version`, { hint: 'as 1.24' });
}

function jobOf(flags: Flags, argv: readonly string[]): Job {
  const given = Number(flags.parts ?? Number.NaN);
  if (!Number.isInteger(given)) {
    throw new UsageError(`--parts: ${flags.parts ?? 'nothing'} is no number of parts`, {
      hint: 'for example --parts 3',
    });
  }
  const only = flags.only === undefined ? undefined : Number(flags.only);
  const said = `--parts ${flags.parts}${only === undefined ? '' : ` --only ${flags.only}`}`;
  const { parts } = checkedPart({ part: only ?? 1, parts: given }, said);
  const { playbook, plays } = checkedWords(argv);
  const name = flags.name ?? nameOf(playbook);
  if (!/^[a-z0-9]([a-z0-9-]{0,50}[a-z0-9])?$/.test(name)) {
    throw new UsageError(`--name ${name}: lower-case letters, digits and dashes, at most 52`);
  }
  return { name, parts, only, argv, leavesRest: plays === 'safe' };
}

/** What `play` itself would refuse is refused before a job is made of it. */
function checkedWords(argv: readonly string[]): {
  readonly playbook: string;
  readonly plays: string | undefined;
} {
  if (argv.length === 0) {
    throw new UsageError('no playbook given', {
      hint: 'play shard slurm --parts 3 -- site.ts -i inventories/prod.yaml',
    });
  }
  const { flags, positionals } = parseFlags(playFlags, argv, 'play');
  const plays = flags['shard-plays'];
  if (flags.shard !== undefined || plays === 'rest' || flags.output !== undefined) {
    throw new UsageError('the job says --shard and --output itself', {
      hint: 'leave them out behind --; of --shard-plays only safe has a meaning',
    });
  }
  if (flags.step || flags['ask-become-pass'])
    throw new UsageError('nobody can be asked in a job', { hint: 'leave out --step and -K' });
  const { playbook } = playSettings({ ...flags, shard: '1/1' }, positionals);
  return { playbook, plays };
}

const nameOf = (playbook: string): string =>
  basename(playbook)
    .replace(/\.[tj]s$/, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
