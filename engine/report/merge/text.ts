/** What people see of a merged run: its parts, failures, recap, and what is left to do. */
import { cleanLine } from '../clean.ts';
import { failureBlock } from '../failure.ts';
import { count } from '../layout.ts';
import { recapTable } from '../recap.ts';
import type { Sink } from '../sink.ts';
import { styleFor, type Style } from '../style.ts';
import type { MergedRun } from './merge.ts';
import type { MergedPart } from './parts.ts';

/** Hosts that are named one by one; of more only the number is told. */
const mostNames = 20;

export function mergedText(merged: MergedRun, sink: Pick<Sink, 'color' | 'columns'>): string {
  const { recap, failures, check, handlers, took } = merged;
  const style = styleFor(sink.color);
  const shown = { columns: sink.columns, withScript: false };
  return [
    ...partLines(merged.parts, style),
    ...failures.map((failure) => `\n${failureBlock(failure, style, shown)}`),
    `\n${recapTable(recap, style, { check, verbose: false, handlers, took })}`,
    ...leftLines(merged, style),
  ].join('\n');
}

function partLines(parts: readonly MergedPart[], style: Style): readonly string[] {
  const rows = parts.map((part) => rowOf(part, style));
  return [style.title(`PARTS of ${cleanLine(playbookOf(parts))}`), ...rows];
}

const playbookOf = (parts: readonly MergedPart[]): string =>
  parts.flatMap(({ run }) => run?.start.playbook ?? [])[0] ?? '';

function rowOf({ name, state, run, earlier }: MergedPart, style: Style): string {
  const word = state.padEnd('cut short'.length);
  const colored = state === 'done' ? style.outcome.ok(word) : style.error(word);
  const hosts = run?.start.shard ? count(run.start.shard.hosts.length, 'host') : '';
  const code = run?.end ? `exit code ${run.end.exitCode}` : '';
  const again = earlier.length > 0 ? `run ${earlier.length + 1} times, the last one counts` : '';
  const rest = [hosts, code, cleanLine(run?.file ?? ''), again].filter(Boolean).join(', ');
  return `${name.padEnd(9)}  ${colored}  ${rest}`.trimEnd();
}

function leftLines({ parts, pending, retry }: MergedRun, style: Style): readonly string[] {
  const lines = parts.flatMap(({ part, name, state }) => {
    if (state === 'done') return [];
    const how = part === 'rest' ? 'run it: --shard-plays rest' : `run it again: --shard ${name}`;
    return [style.error(`${part === 'rest' ? 'the rest' : `part ${name}`} ${told[state]}; ${how}`)];
  });
  for (const { host, handler } of pending) {
    lines.push(style.warning(`pending on ${host}: ${cleanLine(handler)}`));
  }
  if (retry.length > 0) {
    const names = retry.length > mostNames ? count(retry.length, 'host') : retry.join(',');
    lines.push(`not done: ${names} (--retry FILE writes them for --limit @FILE)`);
  }
  return lines.length > 0 ? ['', ...lines] : [];
}

const told = { 'cut short': 'was cut short', missing: 'is missing' };
