/** What `--shard`, `--shard-plays` and `--shard-report` mean, checked. */
import { UsageError } from '../../errors.ts';
import type { Part } from '../../plan/shard/part.ts';
import type { SharedPlays } from '../../plan/shard/share.ts';
import { checkedPart } from './checked-part.ts';
import { partFromEnvironment, type Environment } from './environment.ts';

export interface ShardSettings {
  /** Undefined with `rest`. */
  readonly part: Part | undefined;
  readonly plays: SharedPlays;
  /** Files with the reports of the parts, with `rest`. */
  readonly reports: readonly string[];
}

interface ShardFlags {
  readonly shard: string | undefined;
  readonly 'shard-plays': string | undefined;
  readonly 'shard-report': readonly string[];
}

/** @throws UsageError for flags that contradict each other, and for a part that there is not */
export function shardSettings(flags: ShardFlags, env: Environment): ShardSettings | undefined {
  const { shard, 'shard-report': reports } = flags;
  const plays = (flags['shard-plays'] ?? 'all') as SharedPlays;
  if (plays !== 'rest' && reports.length > 0) {
    throw new UsageError('--shard-report is for the run behind all parts', {
      hint: 'add --shard-plays rest',
    });
  }
  if (plays === 'rest') {
    if (shard !== undefined) {
      throw new UsageError('--shard-plays rest is for all hosts, --shard for some', {
        hint: 'leave out --shard',
      });
    }
    if (reports.length === 0) {
      throw new UsageError('--shard-plays rest begins when all parts are done', {
        hint: 'say so by their reports: --shard-report part-1.jsonl --shard-report part-2.jsonl …',
      });
    }
    return { part: undefined, plays, reports };
  }
  if (shard === undefined) {
    if (flags['shard-plays'] === undefined) return undefined;
    throw new UsageError(`--shard-plays ${plays} is about a part of the hosts`, {
      hint: 'add --shard 1/3',
    });
  }
  const part = shard === 'auto' ? partFromEnvironment(env) : partOfText(shard);
  return { part, plays, reports: [] };
}

function partOfText(text: string): Part {
  const [, part, parts] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  if (part === undefined || parts === undefined) {
    throw new UsageError(`--shard ${text}: not a part`, {
      hint: 'the part and how many there are, as 3/8; or auto',
    });
  }
  return checkedPart({ part: Number(part), parts: Number(parts) }, `--shard ${text}`);
}
