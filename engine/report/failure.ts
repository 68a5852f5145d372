/** The full story of a failure: where in the code, what was run, what it said. */
import { readFileSync } from 'node:fs';
import { formatPlace, type Place } from '../errors.ts';
import { cleanLine, cleanText } from './clean.ts';
import type { Failure, StepRef } from './events.ts';
import { prefixLines, wrap } from './layout.ts';
import type { Style } from './style.ts';

/** One failure, and every host on which it was the same. */
export interface FailureReport {
  readonly outcome: 'failed' | 'unreachable';
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

/** The lines of a failure. */
export function failureBlock(report: FailureReport, style: Style, columns: number): string {
  const { failure, step, hosts } = report;
  const lines: string[] = [];
  const say = (text: string) => lines.push(wrap(text, columns, 4));
  const head = `${report.outcome === 'failed' ? 'FAILED' : 'UNREACHABLE'} ${step?.id ?? ''}`;
  lines.push(style.error(wrap(`${head.trim()} on ${hosts.join(', ')}`, columns, 4)));
  say(`  ${cleanText(failure.message).trim().replaceAll('\n', '\n  ')}`);
  const at = failure.at ?? step?.at;
  if (at) {
    lines.push(`  at ${formatPlace(at)}`);
    const source = sourceLine(at);
    if (source !== undefined) lines.push(style.quiet(`     ${at.line} | ${source}`));
  }
  if (failure.command !== undefined) say(`  command: ${cleanText(failure.command).trim()}`);
  if (failure.code !== undefined) say(`  exit code: ${failure.code}`);
  const section = (title: string, text: string | undefined) => {
    if (text === undefined || text.trim() === '') return;
    lines.push(`  ${title}:`, prefixLines(cleanText(text), '    | '));
  };
  section('stderr', failure.stderr);
  section('stdout', failure.stdout);
  section('details', failure.details?.join('\n'));
  if (failure.hint !== undefined) say(`  hint: ${cleanLine(failure.hint)}`);
  return lines.join('\n');
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
