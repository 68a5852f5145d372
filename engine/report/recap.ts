/** The table at the end: one row a host, and one line that says it all. */
import type { HostRecap } from './events.ts';
import { count, duration } from './layout.ts';
import type { Style } from './style.ts';

/** With more hosts than this, those on which nothing happened share one row. */
const mostQuietRows = 20;

interface Column {
  readonly title: string;
  readonly of: (recap: HostRecap) => number;
  /** Left out when it is 0 for all hosts. */
  readonly optional?: boolean;
  readonly paint?: keyof Style['outcome'];
}

export interface RecapOptions {
  readonly check: boolean;
  readonly verbose: boolean;
  /** Handlers that ran. */
  readonly handlers: number;
  /** Milliseconds. */
  readonly took: number;
}

function columnsFor(check: boolean): Column[] {
  return [
    { title: 'ok', of: (recap) => recap.ok, paint: 'ok' },
    { title: check ? 'would change' : 'changed', of: (recap) => recap.changed, paint: 'changed' },
    { title: 'unknown', of: (recap) => recap.unknown, paint: 'unknown', optional: !check },
    { title: 'skipped', of: (recap) => recap.skipped, paint: 'skipped' },
    { title: 'failed', of: (recap) => recap.failed, paint: 'failed' },
    { title: 'rescued', of: (recap) => recap.rescued, optional: true },
    { title: 'ignored', of: (recap) => recap.ignored, optional: true },
    { title: 'trips', of: (recap) => recap.counters.roundTrips },
  ];
}

/** The recap as lines. */
export function recapTable(
  recap: Readonly<Record<string, HostRecap>>,
  style: Style,
  options: RecapOptions,
): string {
  const all = Object.entries(recap);
  const columns = columnsFor(options.check).filter(
    ({ of, optional }) => !optional || all.some(([, host]) => of(host) > 0),
  );
  const short = all.length > mostQuietRows && !options.verbose;
  const rows = short ? all.filter(([, host]) => !isQuiet(host)) : all;
  const width = Math.max(5, ...rows.map(([name]) => name.length));
  const lines = [
    style.title(
      ['RECAP'.padEnd(width), ...columns.map(({ title }) => title.padStart(cell(title)))].join(
        '  ',
      ),
    ),
    ...rows.map(([name, host]) => row(name.padEnd(width), host, columns, style)),
  ];
  const quiet = all.length - rows.length;
  if (quiet > 0) lines.push(style.quiet(`${count(quiet, 'more host')} with nothing to change`));
  return [...lines, '', summary(all, options)].join('\n');
}

const cell = (title: string): number => Math.max(title.length, 4);

function isQuiet(host: HostRecap): boolean {
  return (
    !host.unreachable &&
    !host.locked &&
    !host.heldBack &&
    !host.leftOut &&
    host.changed + host.unknown + host.failed + host.ignored === 0
  );
}

function row(name: string, host: HostRecap, columns: readonly Column[], style: Style): string {
  const cells = columns.map(({ title, of, paint }) => {
    const text = String(of(host)).padStart(cell(title));
    return of(host) > 0 && paint ? style.outcome[paint](text) : text;
  });
  const end = [
    host.unreachable ? style.outcome.unreachable('unreachable') : '',
    host.locked ? style.outcome.locked('locked') : '',
    host.heldBack ? style.outcome.failed('held back') : '',
    host.leftOut ? style.outcome.unknown('left out') : '',
  ]
    .filter(Boolean)
    .map((word) => `  ${word}`)
    .join('');
  const isOut = host.failed > 0 || host.unreachable || host.locked || host.heldBack;
  const shown = isOut ? style.error(name) : name;
  return [shown, ...cells].join('  ') + end;
}

function summary(all: readonly (readonly [string, HostRecap])[], options: RecapOptions): string {
  const sum = (of: (recap: HostRecap) => number) => all.reduce((n, [, host]) => n + of(host), 0);
  const unreachable = all.filter(([, host]) => host.unreachable).length;
  const locked = all.filter(([, host]) => host.locked).length;
  const heldBack = all.filter(([, host]) => host.heldBack).length;
  const changed = sum((host) => host.changed);
  const parts = [
    options.check ? `${changed} would change` : `${changed} changed`,
    options.check ? `${sum((host) => host.unknown)} unknown` : '',
    options.check ? '' : count(options.handlers, 'handler'),
    `${sum((host) => host.failed)} failed`,
    unreachable > 0 ? `${unreachable} unreachable` : '',
    locked > 0 ? `${locked} locked` : '',
    heldBack > 0 ? `${heldBack} held back` : '',
  ];
  return `${parts.filter(Boolean).join(', ')} on ${count(all.length, 'host')} in ${duration(options.took)}`;
}
