/** How the steps of a composed script ended, from what it printed. */

/** A script that ended, or of which a lost connection left a record. */
export interface Ended {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * How one step ended. `not begun`: a step before it failed. `unknown`: what was printed does not
 * say it (it was cut, or somebody meddled with it); such a step is read and planned again.
 */
export type StepOutcome =
  | { readonly outcome: 'done' | 'failed'; readonly output: Ended }
  | { readonly outcome: 'not begun' | 'unknown' };

/**
 * @param ended the script
 * @param count of its steps
 * @param mark that stands before the number of a step which is done, on both streams
 */
export function outcomesIn(ended: Ended, count: number, mark: string): readonly StepOutcome[] {
  if (count === 1) return [{ outcome: ended.code === 0 ? 'done' : 'failed', output: ended }];
  const out = framesOf(ended.stdout, mark);
  const err = framesOf(ended.stderr, mark);
  if (!out || !err || out.length !== err.length || out.length > count + 1) {
    return Array.from({ length: count }, () => ({ outcome: 'unknown' }));
  }
  const done = out.length - 1;
  const outputs = out.map((stdout, index): Ended => ({
    code: index < done ? 0 : ended.code,
    stdout,
    stderr: err[index] ?? Buffer.alloc(0),
  }));
  return Array.from({ length: count }, (_, index): StepOutcome => {
    const output = outputs[index];
    if (index < done && output) return { outcome: 'done', output };
    if (ended.code === 0) return { outcome: 'unknown' };
    return index === done && output ? { outcome: 'failed', output } : { outcome: 'not begun' };
  });
}

/** What stands before each mark, and behind the last; undefined where marks are not in order. */
function framesOf(printed: Buffer, mark: string): readonly Buffer[] | undefined {
  const frames: Buffer[] = [];
  let from = 0;
  for (let at = printed.indexOf(mark); at >= 0; at = printed.indexOf(mark, from)) {
    const end = `${mark} ${frames.length}\n`;
    if (printed.toString('latin1', at, at + end.length) !== end) return undefined;
    frames.push(printed.subarray(from, at));
    from = at + end.length;
  }
  return [...frames, printed.subarray(from)];
}
