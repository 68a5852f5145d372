/** Templates in TypeScript: typed, and with nothing to learn. */
import { PlaybookError } from '../errors.ts';
import { secret, type Secret } from '../secrets/secret.ts';
import { toText, type Taint, type TextPart } from './to-text.ts';

/**
 * A text over several lines, without the indentation that it has in the code. A value of several
 * lines that begins a line keeps the indentation of that line. With a Secret in it, the text is
 * one too.
 * @param values text, numbers, booleans or Secrets
 * @returns the text; a Secret where one of the values is a Secret
 * @throws PlaybookError for a value that is no text
 * @example
 * export const motd = (host: HostView) =>
 *   copy('motd', {
 *     dest: '/etc/motd',
 *     content: text`
 *       Welcome to ${host.name}
 *     `,
 *   });
 */
export function text(
  strings: TemplateStringsArray,
  ...values: readonly Exclude<TextPart, Secret>[]
): string;
export function text(
  strings: TemplateStringsArray,
  ...values: readonly TextPart[]
): string | Secret;
export function text(
  strings: TemplateStringsArray,
  ...values: readonly TextPart[]
): string | Secret {
  const taint: Taint = { secret: false };
  const pieces = dedent(strings.raw);
  let made = cook(pieces[0] ?? '');
  values.forEach((value, index) => {
    const indentation = /(?:^|\n)([ \t]*)$/.exec(made)?.[1] ?? '';
    made += part(value, taint).replaceAll('\n', `\n${indentation}`) + cook(pieces[index + 1] ?? '');
  });
  return taint.secret ? secret(made) : made;
}

function part(value: TextPart, taint: Taint): string {
  try {
    return toText(value, taint);
  } catch (cause) {
    throw new PlaybookError(`text\`…\`: ${cause instanceof Error ? cause.message : ''}`, {
      hint: 'insert only text, numbers, booleans or Secrets',
      cause,
    });
  }
}

/** Takes the common indentation, the first line feed and the last line's spaces away. */
function dedent(raw: readonly string[]): readonly string[] {
  const whole = raw.join('\0');
  const lines = whole.split('\n').slice(1);
  const indents = lines.filter((line) => line.trim() !== '').map(blankOf);
  const common = indents.length === 0 ? 0 : Math.min(...indents);
  const shifted = whole
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.slice(Math.min(common, blankOf(line)))))
    .join('\n');
  return shifted
    .replace(/^[ \t]*\n/, '')
    .replace(/\n[ \t]*$/, '\n')
    .split('\0');
}

const blankOf = (line: string): number => /^[ \t]*/.exec(line)?.[0].length ?? 0;

const letters: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
};

/** Escapes of the literal, read after its indentation is gone: `\n` is no line of the code. */
function cook(raw: string): string {
  return raw.replace(
    /\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^]))/g,
    (_, point?: string, unit?: string, byte?: string, letter?: string) => {
      const code = point ?? unit ?? byte;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      return letters[letter ?? ''] ?? letter ?? '';
    },
  );
}
