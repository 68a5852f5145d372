/** The full story of a failure: where in the code, what was run, what it said. */
import { readFileSync } from 'node:fs';
import { formatPlace, type Place } from '../errors.ts';
import { cleanLine, cleanText } from './clean.ts';
import type { Failure, StepRef } from './events.ts';
import { prefixLines, wrap } from './layout.ts';
import type { Style } from './style.ts';

/** Lines of stdout that are shown; stderr is always shown in full. */
const mostOutput = 40;

/** One failure, and every host on which it was the same. */
export interface FailureReport {
  readonly outcome: 'failed' | 'unreachable' | 'locked';
  readonly hosts: string[];
  readonly step: StepRef | undefined;
  readonly failure: Failure;
}

/** Adds a failure; one that other hosts had word for word joins theirs. */
export function addFailure(reports: FailureReport[], host: string, report: FailureReport): void {
  const key = ({ outcome, step, failure }: FailureReport) =>
    JSON.stringify([outcome, step?.id, { ...failure, details: failure.details ?? [] }]);
  const same = reports.find((other) => key(other) === key(report));
  if (same) same.hosts.push(host);
  else reports.push({ ...report, hosts: [host] });
}

/** Takes the host's last failure away: a block's rescue took over. */
export function dropFailure(reports: FailureReport[], host: string): void {
  const index = reports.findLastIndex(({ hosts }) => hosts.includes(host));
  const report = reports[index];
  if (!report) return;
  report.hosts.splice(report.hosts.indexOf(host), 1);
  if (report.hosts.length === 0) reports.splice(index, 1);
}

/**
 * The lines of a failure.
 * @param withScript shows our own text that ran on the host, too
 */
export function failureBlock(
  report: FailureReport,
  style: Style,
  { columns, withScript }: { readonly columns: number; readonly withScript: boolean },
): string {
  const { failure, step, hosts } = report;
  const lines: string[] = [];
  const say = (text: string) => lines.push(wrap(text, columns, 4));
  const head = `${report.outcome.toUpperCase()} ${step?.id ?? ''}`;
  lines.push(style.error(wrap(`${head.trim()} on ${hosts.join(', ')}`, columns, 4)));
  say(`  ${cleanText(failure.message).trim().replaceAll('\n', '\n  ')}`);
  const at = failure.at ?? step?.at;
  if (at) {
    lines.push(`  at ${formatPlace(at)}`);
    const source = sourceLine(at);
    if (source !== undefined) {
      lines.push(style.quiet(`     ${at.line} | ${source}`.slice(0, columns)));
    }
  }
  if (failure.command !== undefined) say(`  command: ${cleanText(failure.command).trim()}`);
  if (failure.code !== undefined) say(`  exit code: ${failure.code}`);
  const section = (title: string, text: string | undefined) => {
    if (text === undefined || text.trim() === '') return;
    lines.push(`  ${title}:`, prefixLines(cleanText(text), '    | '));
  };
  section('stderr', failure.stderr);
  section('stdout', lastLines(failure.stdout));
  section('details', failure.details?.join('\n'));
  if (withScript) section('script', failure.script);
  if (failure.hint !== undefined) say(`  hint: ${cleanLine(failure.hint)}`);
  return lines.join('\n');
}

function lastLines(text: string | undefined): string | undefined {
  const lines = text?.trimEnd().split('\n') ?? [];
  if (lines.length <= mostOutput) return text;
  return [`(${lines.length - mostOutput} lines before)`, ...lines.slice(-mostOutput)].join('\n');
}

/** The line of code, or undefined where the file can't be read. */
function sourceLine(at: Place): string | undefined {
  try {
    const line = readFileSync(at.file, 'utf8').split('\n')[at.line - 1];
    return line === undefined ? undefined : cleanLine(line);
  } catch {
    return undefined;
  }
}
