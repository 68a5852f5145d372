/** Guards of actions: `creates`, `removes`, `unless`. They are reads, so check can judge them. */
import { z } from 'zod';
import {
  predict,
  unpredictable,
  type Action,
  type Difference,
  type Prediction,
} from '../../../module/plan.ts';
import { absent, type Answer, type Read } from '../../../module/reader.ts';
import { file } from '../../../readers/files/file.ts';
import { query, type QueryAnswer } from '../../../readers/commands/query.ts';
import { absolutePath, plain, shown, textValue } from '../../shared/argument.ts';

export const guardArguments = {
  creates: absolutePath.optional().describe('a path; if it exists, there is nothing to do'),
  removes: absolutePath.optional().describe('a path; if it does not exist, there is nothing to do'),
  unless: z
    .array(textValue)
    .min(1)
    .optional()
    .describe('a read-only command; if it exits with 0, there is nothing to do'),
};

const schema = z.strictObject(guardArguments);

export interface Guards extends z.output<typeof schema> {
  readonly directory?: string | undefined;
}

export type GuardReads = Readonly<Record<string, Read<unknown>>>;
type GuardValues = Readonly<Record<string, unknown>>;

export function guardReads(want: Guards): GuardReads {
  const { creates, removes, unless, directory } = want;
  return {
    ...(creates === undefined ? {} : { creates: file({ path: creates }) }),
    ...(removes === undefined ? {} : { removes: file({ path: removes }) }),
    ...(unless === undefined ? {} : { unless: query({ argv: unless.map(plain), directory }) }),
  };
}

/** Whether one of the guards says that there is nothing to do. */
export function guardHolds(want: Guards, is: GuardValues): boolean {
  return (
    (want.creates !== undefined && is['creates'] !== undefined) ||
    (want.removes !== undefined && is['removes'] === undefined) ||
    (want.unless !== undefined && exitCode(is['unless']) === 0)
  );
}

/**
 * What an action with guards says of itself: it is a change, and a guard must hold when it ended,
 * or the next run would do it again.
 */
export function guarded(want: Guards, is: GuardValues): Partial<Action<unknown>> {
  const reads = guardReads(want);
  const names = Object.keys(reads);
  if (names.length === 0) return {};
  const valuesOf = (answers: readonly Answer<unknown>[]) =>
    Object.fromEntries(
      names.flatMap((name, index) => {
        const given = answers[index];
        return given?.answer === 'value' ? [[name, given.value]] : [];
      }),
    );
  return {
    guarded: true,
    differences: differences(want, is),
    after: predictions(want, reads),
    until: {
      atMost: 0,
      reads: Object.values(reads),
      missing: (answers) => unmet(want, valuesOf(answers)),
    },
  };
}

function differences(want: Guards, is: GuardValues): Difference[] {
  const found: Difference[] = [];
  if (want.creates !== undefined) found.push({ what: want.creates, from: 'absent', to: 'present' });
  if (want.removes !== undefined) found.push({ what: want.removes, from: 'present', to: 'absent' });
  if (want.unless !== undefined) {
    found.push({ what: `${shown(want.unless)}: code`, from: exitCode(is['unless']), to: 0 });
  }
  return found;
}

function predictions(want: Guards, reads: GuardReads): Prediction[] {
  const found: Prediction[] = [];
  if (reads['creates']) found.push(unpredictable(reads['creates']));
  if (reads['removes']) found.push(predict(reads['removes'], absent));
  if (reads['unless']) found.push(unpredictable(reads['unless']));
  return found;
}

function unmet(want: Guards, is: GuardValues): string | undefined {
  if (guardHolds(want, is)) return undefined;
  const missing: string[] = [];
  if (want.creates !== undefined) missing.push(`${want.creates} is still absent`);
  if (want.removes !== undefined) missing.push(`${want.removes} is still there`);
  if (want.unless !== undefined) {
    missing.push(`'${shown(want.unless)}' still ends with ${exitCode(is['unless']) ?? 'no code'}`);
  }
  return missing.join(' and ');
}

function exitCode(answer: unknown): number | undefined {
  return (answer as QueryAnswer | undefined)?.code;
}
