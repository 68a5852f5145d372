/** Requests as the text that the session's shell reads. */
import { PlayError } from '../../errors.ts';
import { contentOf, type Content } from '../content.ts';
import { halves } from '../host/functions.ts';
import { library } from '../host/library.ts';
import { quote } from '../quote.ts';
import { sh } from '../script.ts';
import { sharesProcesses } from './request-cost.ts';
import type { ReadRequest, StepRequest } from './session.ts';

export interface RequestText {
  readonly text: string;
  /** Contents that the host will ask for, in this order. */
  readonly streams: readonly Content[];
}

/**
 * A script travels as one word to `eval`; its status is taken on the next line (rule 25, scripts).
 */
export function readText(number: number, request: ReadRequest): RequestText {
  const script = quote(request.script);
  const { timeout, attempt } = request;
  if (timeout !== undefined) {
    return { text: `tsplay_read ${number} ${Math.ceil(timeout)} ${script}\n`, streams: [] };
  }
  const body = attempt === undefined ? `eval ${script}` : attemptText(attempt, script);
  return { text: `( ${body} ) </dev/null\ntsplay_end ${number} "$?"\n`, streams: [] };
}

/**
 * A watchdog of our own would cost more than most of what is tried. The script goes in by a pipe:
 * everybody on the host may read what stands in a command line.
 */
const attemptText = (seconds: number, script: string): string =>
  `command -v timeout >/dev/null || exit 125
printf '%s\\n' ${quote(`eval ${script} </dev/null`)} | timeout -k 1 ${seconds} /bin/sh`;

/** @throws PlayError for an id that cannot name a file, or a variable that is no name */
export function stepText(number: number, request: StepRequest, mark: string): RequestText {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}$/.test(request.id))
    throw new PlayError(`the step id ${JSON.stringify(request.id)} cannot name its record`);
  const { script } = request;
  const words = [
    `tsplay_step ${number} ${request.id} ${Math.ceil(request.timeout)}`,
    `-${flagsOf(request)}`,
    quote(stepScript(request, mark)),
  ];
  const stdin = request.stdin ? sh`${contentOf(request.stdin)}` : undefined;
  if (stdin) words.push(quote(stdin.text));
  const before = stdin && stdin.streams.length > 0 ? `${library['play_receive']}\n` : '';
  return {
    text: `${before}${words.join(' ')}\n`,
    streams: [...(stdin?.streams ?? []), ...script.streams],
  };
}

/** How `tsplay_step` runs it: s(treams), o(wn locale), l(ive output), c(ontained). */
function flagsOf(request: StepRequest): string {
  if (sharesProcesses(request)) return 'c';
  const { script, ownLocale, onOutput } = request;
  return `${script.streams.length > 0 ? 's' : ''}${ownLocale ? 'o' : ''}${onOutput ? 'l' : ''}`;
}

/** Puts library functions where steps find them. */
export function libraryText(name: string): string {
  const text = library[name];
  if (text === undefined) throw new PlayError(`no shell function is called ${name}`);
  return `tsplay_ready && printf '%s\\n' ${quote(text)} >"$tsplay_dir/${name}"\n`;
}

/** The file that a step's own shell runs. $1 session folder, $2 deadline, $3 number. */
function stepScript(request: StepRequest, mark: string): string {
  const { script, environment = {}, directory } = request;
  const [first, second] = halves(mark);
  const lines = [
    `read -r tsplay_line </proc/self/stat; printf '%s %s %s\\n' "$2" "$3" "$tsplay_line" >"$1/run"`,
  ];
  if (script.streams.length > 0)
    lines.push(`tsplay_dir=$1 tsplay_number=$3 tsplay_a=${first} tsplay_b=${second}`);
  for (const name of script.uses) lines.push(`. "$1/${name}"`);
  lines.push('set --; unset tsplay_line');
  for (const [name, value] of Object.entries(environment)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new PlayError(`${JSON.stringify(name)} cannot name an environment variable`);
    lines.push(`export ${name}=${quote(value)}`);
  }
  if (directory !== undefined) lines.push(`cd -- ${quote(directory)} || exit 126`);
  return `${lines.join('\n')}\n${script.text}`;
}
