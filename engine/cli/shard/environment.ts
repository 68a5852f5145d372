/** `--shard auto`: which part this is, as the system says that started it. */
import { UsageError } from '../../errors.ts';
import type { Part } from '../../plan/shard/part.ts';
import { checkedPart } from './checked-part.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface System {
  readonly name: string;
  /** Its variable with the part. */
  readonly index: string;
  /** The part, from 1, and how many there are. */
  part(env: Environment, index: number): { readonly part: number; readonly parts: number };
}

const total = 'SHARD_TOTAL';

const systems: readonly System[] = [
  {
    name: 'GitLab CI',
    index: 'CI_NODE_INDEX',
    part: (env, part) => ({ part, parts: numberOf(env, 'CI_NODE_TOTAL') }),
  },
  { name: 'Slurm', index: 'SLURM_ARRAY_TASK_ID', part: partOfArray },
  {
    name: 'Kubernetes',
    index: 'JOB_COMPLETION_INDEX',
    part: (env, index) => ({ part: index + 1, parts: numberOf(env, total) }),
  },
];

/**
 * SHARD_INDEX (from 1) and SHARD_TOTAL win; else it is the one system whose variables are set.
 * @throws UsageError where none or several are, or one is no number
 */
export function partFromEnvironment(env: Environment): Part {
  if (isSet(env, 'SHARD_INDEX')) {
    return told('SHARD_INDEX', {
      part: numberOf(env, 'SHARD_INDEX'),
      parts: numberOf(env, total),
    });
  }
  const found = systems.filter(({ index }) => isSet(env, index));
  const [system, ...others] = found;
  if (!system) {
    const known = [...systems.map(({ index }) => index), 'SHARD_INDEX'].join(', ');
    throw new UsageError(`--shard auto: none of ${known} is set`, {
      hint: 'set SHARD_INDEX and SHARD_TOTAL, or say the part: --shard 3/8',
    });
  }
  if (others.length > 0) {
    const names = found.map(({ name, index }) => `${name} (${index})`).join(' and ');
    throw new UsageError(`--shard auto: ${names} both say which part this is`, {
      hint: 'set SHARD_INDEX and SHARD_TOTAL, which win',
    });
  }
  return told(system.index, system.part(env, numberOf(env, system.index)));
}

const told = (index: string, part: Part): Part => checkedPart(part, `--shard auto (${index})`);

const isSet = (env: Environment, name: string): boolean => (env[name] ?? '') !== '';

function numberOf(env: Environment, name: string): number {
  const text = env[name] ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const what = text === '' ? 'is not set' : `is no number: ${text}`;
  throw new UsageError(`--shard auto: ${name} ${what}`);
}

/**
 * With SHARD_TOTAL the tasks of the array are the parts, from 1. Without it they are all parts: an
 * array that is but a piece of one, run again, would be taken for the whole.
 */
function partOfArray(env: Environment, task: number): { part: number; parts: number } {
  if (isSet(env, total)) return { part: task, parts: numberOf(env, total) };
  const [least, most, count] = ['MIN', 'MAX', 'COUNT'].map((which) =>
    numberOf(env, `SLURM_ARRAY_TASK_${which}`),
  ) as [number, number, number];
  if (least <= 1 && most - least + 1 === count && count > 1) {
    return { part: task - least + 1, parts: count };
  }
  throw new UsageError(
    `--shard auto: the array has ${count} of the tasks ${least} to ${most}, not all parts`,
    { hint: 'set SHARD_TOTAL to how many parts there are; task 1 is part 1' },
  );
}
