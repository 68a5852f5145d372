/** Fields of a cron schedule, checked before they reach a table that one bad line would spoil. */
import { z } from 'zod';

interface Bounds {
  readonly least: number;
  readonly most: number;
  /** Names that stand for `least`, `least + 1`, … */
  readonly names?: readonly string[];
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const days = 'sun mon tue wed thu fri sat'.split(' ');

function field({ least, most, names = [] }: Bounds) {
  const number = (text: string): number => {
    const named = names.indexOf(text.toLowerCase());
    if (named >= 0) return least + named;
    return /^\d+$/.test(text) ? Number(text) : Number.NaN;
  };
  const inside = (of: number) => of >= least && of <= most;
  const isPart = (part: string): boolean => {
    const [, range = '', , step] = /^([^/]+)(\/(\d+))?$/.exec(part) ?? [];
    const [from = '', to, ...more] = range.split('-');
    if (more.length > 0 || (step !== undefined && Number(step) === 0)) return false;
    if (range === '*') return true;
    if (to === undefined) return inside(number(from)) && step === undefined;
    return inside(number(from)) && inside(number(to)) && number(from) <= number(to);
  };
  const message = `must be *, numbers from ${least} to ${most}, ranges (1-5), steps (*/10) or a list of those`;
  return z
    .union([z.int(), z.string()])
    .transform(String)
    .refine((text) => text.split(',').every(isPart), message)
    .default('*');
}

/** Arguments that say when a job runs. */
export const schedule = {
  minute: field({ least: 0, most: 59 }).describe('0 to 59'),
  hour: field({ least: 0, most: 23 }).describe('0 to 23'),
  day: field({ least: 1, most: 31 }).describe('of the month'),
  month: field({ least: 1, most: 12, names: months }).describe('1 to 12, or jan to dec'),
  weekday: field({ least: 0, most: 7, names: days }).describe('0 and 7 are Sunday, or sun to sat'),
  special: z
    .enum(['reboot', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'])
    .optional()
    .describe('in place of the five fields'),
};

const schema = z.strictObject(schedule);

/** The schedule as cron reads it. */
export function scheduleText(of: z.output<typeof schema>): string {
  if (of.special !== undefined) return `@${of.special}`;
  return [of.minute, of.hour, of.day, of.month, of.weekday].join(' ');
}
