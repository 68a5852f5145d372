/** What the flags of `play <playbook>` mean, checked. */
import { UsageError } from '../errors.ts';
import type { playFlags } from './flags.ts';
import type { FlagValues } from './parse.ts';
import { shardSettings, type ShardSettings } from './shard/settings.ts';

export type PlayFlags = FlagValues<typeof playFlags>;

export interface PlaySettings {
  readonly playbook: string;
  readonly inventories: readonly string[];
  readonly limit: string | undefined;
  /** Undefined: the run is not one of several that share the hosts. */
  readonly shard: ShardSettings | undefined;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  readonly startAtTask: string | undefined;
  readonly step: boolean;
  readonly check: boolean;
  readonly diff: boolean;
  readonly exitCode: boolean;
  readonly lists: { readonly hosts: boolean; readonly tasks: boolean; readonly tags: boolean };
  readonly extraVars: readonly string[];
  readonly forks: number;
  readonly user: string | undefined;
  /** What `-b` and `--become-user` ask for; undefined: as plays and inventory say. */
  readonly become: boolean | string | undefined;
  readonly askBecomePassword: boolean;
  readonly forceHandlers: boolean;
  /** Seconds. */
  readonly taskTimeout: number | undefined;
  readonly lookahead: boolean;
  readonly forgetPending: boolean;
  /** Seconds. */
  readonly waitLock: number;
  readonly output: 'pretty' | 'json';
  readonly verbosity: number;
  readonly profile: boolean;
  readonly typecheck: boolean;
}

const usualForks = 20;

/** @throws UsageError for flags that contradict each other */
export function playSettings(flags: PlayFlags, positionals: readonly string[]): PlaySettings {
  const [playbook, ...more] = positionals;
  if (playbook === undefined) {
    throw new UsageError('no playbook given', { hint: 'play site.ts -i inventories/prod.yaml' });
  }
  if (more.length > 0) {
    throw new UsageError(`one playbook at a time, not also ${more.join(' ')}`, {
      hint: 'import the other one and join their plays',
    });
  }
  if (flags.inventory.length === 0) {
    throw new UsageError('no inventory given', { hint: `play ${playbook} -i <inventory>` });
  }
  if (flags['exit-code'] && !flags.check) {
    throw new UsageError('--exit-code is about pending changes', { hint: 'add --check' });
  }
  if (flags['become-user'] !== undefined && !flags.become) {
    throw new UsageError('--become-user has no effect without become', {
      hint: 'add -b',
    });
  }
  if (flags.step && flags.output === 'json') {
    throw new UsageError('--step asks questions, which --output json cannot show');
  }
  return {
    playbook,
    inventories: flags.inventory,
    limit: flags.limit,
    shard: shardSettings(flags, process.env),
    tags: commaList(flags.tags),
    skipTags: commaList(flags['skip-tags']),
    startAtTask: flags['start-at-task'],
    step: flags.step,
    check: flags.check,
    diff: flags.diff,
    exitCode: flags['exit-code'],
    lists: {
      hosts: flags['list-hosts'],
      tasks: flags['list-tasks'],
      tags: flags['list-tags'],
    },
    extraVars: flags['extra-vars'],
    forks: forksOf(flags.forks),
    user: flags.user,
    become: flags.become ? (flags['become-user'] ?? true) : undefined,
    askBecomePassword: flags['ask-become-pass'],
    forceHandlers: flags['force-handlers'],
    taskTimeout: limitOf(flags['task-timeout']),
    lookahead: !flags['no-lookahead'],
    forgetPending: flags['forget-pending'],
    waitLock: secondsOf(flags['wait-lock']),
    output: flags.output === 'json' ? 'json' : 'pretty',
    verbosity: flags.verbose,
    profile: flags.profile,
    typecheck: flags.typecheck,
  };
}

function commaList(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function secondsOf(text: string | undefined): number {
  const seconds = Number(text ?? 0);
  if (Number.isFinite(seconds) && seconds >= 0 && text?.trim() !== '') return seconds;
  throw new UsageError(`--wait-lock ${text}: not a number of seconds`, {
    hint: 'for example --wait-lock 600',
  });
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds > 0) || !Number.isFinite(seconds)) {
    throw new UsageError(`--task-timeout ${text}: not a number of seconds`, {
      hint: 'for example -T 60',
    });
  }
  return seconds;
}

function forksOf(text: string | undefined): number {
  if (text === undefined) return usualForks;
  const forks = Number(text);
  if (!Number.isInteger(forks) || forks < 1) {
    throw new UsageError(`--forks ${text}: not a number of hosts`, { hint: 'for example -f 10' });
  }
  return forks;
}
