/** The only place that knows colours. */
import { Chalk } from 'chalk';
import type { Outcome } from './events.ts';

export type Paint = (text: string) => string;

export interface Style {
  readonly title: Paint;
  readonly quiet: Paint;
  readonly added: Paint;
  readonly removed: Paint;
  readonly hunk: Paint;
  readonly warning: Paint;
  readonly error: Paint;
  readonly outcome: Readonly<Record<Outcome, Paint>>;
}

/** @param color whether escapes are written at all */
export function styleFor(color: boolean): Style {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    title: chalk.bold,
    quiet: chalk.dim,
    added: chalk.green,
    removed: chalk.red,
    hunk: chalk.cyan,
    warning: chalk.magenta,
    error: chalk.red,
    outcome: {
      ok: chalk.green,
      changed: chalk.yellow,
      unknown: chalk.magenta,
      skipped: chalk.cyan,
      failed: chalk.red,
      unreachable: chalk.red,
      locked: chalk.red,
    },
  };
}
