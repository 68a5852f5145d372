/** Scripts for a POSIX shell: text with everything quoted, and the contents that it receives. */
import { isContent, type Content } from './content.ts';
import { quote } from './quote.ts';

/** Content up to this many bytes rides inside the script if it is text without NUL. */
export const inlineLimit = 64 * 1024;

/** Other content up to this many bytes rides as octal numbers, four characters a byte. */
const octalLimit = 16 * 1024;

/** POSIX sh with what it receives; `sh` makes it. */
export interface Script {
  readonly kind: 'script';
  readonly text: string;
  /** Streams that the script takes with `play_receive`, in this order. */
  readonly streams: readonly Content[];
  /** Names of functions of `library.ts` that the script calls; each is sent once per session. */
  readonly uses: readonly string[];
  /** Nothing that it starts outlives it: it needs no session of processes of its own. */
  readonly contained?: boolean;
}

export type Word = string | number | Script | Content | readonly (string | number)[];

/**
 * Builds a script. Strings and numbers become quoted words, arrays several words, scripts are
 * pasted as they are, and a Content becomes a command that prints its bytes to stdout.
 * @param words what stands between the texts
 * @returns a script, for a plan or another `sh`
 * @throws PlayError for a word with a NUL
 * @example
 * const [mode, path] = ['0755', '/srv/app'];
 * export const folder = sh`install -d -m ${mode} -- ${path}`;
 * @example
 * export const hello = sh`${contentOf('hello\n')} > /etc/motd`;
 */
export function sh(strings: TemplateStringsArray, ...words: readonly Word[]): Script {
  const streams: Content[] = [];
  const used = new Set<string>();
  let text = strings[0] ?? '';
  words.forEach((word, index) => {
    text += place(word, streams, used) + (strings[index + 1] ?? '');
  });
  return { kind: 'script', text, streams, uses: [...used] };
}

/**
 * Text that is a script already, with the library functions that it calls.
 * @param text POSIX sh; nothing in it is quoted
 * @param uses names of functions of the engine's own library
 * @returns a script, for `sh` or a plan
 * @example
 * export const load = rawScript('cut -d " " -f 1 /proc/loadavg');
 */
export function rawScript(text: string, uses: readonly string[] = []): Script {
  return { kind: 'script', text, streams: [], uses };
}

/** The script, of which it is known that nothing it starts outlives it: no user's command. */
export const contained = (script: Script): Script => ({ ...script, contained: true });

/**
 * Scripts one after the other, each on its own line.
 * @param scripts in their order; an exit code other than 0 of one does not stop the next
 * @param separator what stands between two, a line feed by default: ` && ` stops at the first failure
 * @returns one script with the streams and functions of all
 * @example
 * export const both = joinScripts([sh`mkdir -p /srv/a`, sh`mkdir -p /srv/b`], ' && ');
 */
export function joinScripts(scripts: readonly Script[], separator = '\n'): Script {
  const all = scripts.every((script) => script.contained === true || script.text === '');
  return {
    kind: 'script',
    ...(all && { contained: true }),
    text: scripts.map((script) => script.text).join(separator),
    streams: scripts.flatMap((script) => script.streams),
    uses: [...new Set(scripts.flatMap((script) => script.uses))],
  };
}

function place(word: Word, streams: Content[], used: Set<string>): string {
  if (typeof word === 'string') return quote(word);
  if (typeof word === 'number') return quote(String(word));
  if (isContent(word)) return printContent(word, streams, used);
  if ('kind' in word) {
    streams.push(...word.streams);
    word.uses.forEach((name) => used.add(name));
    return word.text;
  }
  return word.map((part) => quote(String(part))).join(' ');
}

function printContent(content: Content, streams: Content[], used: Set<string>): string {
  if (content.size === 0) return ':';
  const text = inlineText(content);
  if (text !== undefined) return `printf %s ${quote(text)}`;
  if (content.bytes && content.size <= octalLimit) return `printf '${octal(content.bytes)}'`;
  streams.push(content);
  used.add('play_receive');
  return `play_receive ${content.size}`;
}

/** A format for printf; a digit after an octal number would be read as part of it. */
function octal(bytes: Buffer): string {
  const plain = /[A-Za-z ./:_]/;
  return Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return plain.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
  }).join('');
}

function inlineText(content: Content): string | undefined {
  if (content.bytes === undefined || content.size > inlineLimit) return undefined;
  if (content.bytes.includes(0)) return undefined;
  const text = content.bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(content.bytes) ? text : undefined;
}
