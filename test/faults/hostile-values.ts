/** Values that a careless engine would run, take apart or choke on, in the arguments of a module. */

/** @param mark shell words that leave a trace if they are run */
export const hostileValues = (mark: string): Readonly<Record<string, string>> => ({
  '`$(…)`': `$(${mark})`,
  backquotes: `\`${mark}\``,
  'a single quote and `;`': `'; ${mark}; '`,
  'a double quote and `;`': `"; ${mark}; "`,
  'a line break': `x\n${mark}\n`,
  '`|` and `&`': `x | ${mark} & ${mark} #`,
  'an option': '-rf',
  'a long option': '--help',
  'a path upwards': '../../../../../../etc/passwd',
  wildcards: '* ? [a-z] ~ {a,b}',
  formats: '%s%n%d \\n\\0 $0 ${IFS}',
  'escapes of a terminal': '\u001b[2J\u001b]0;x\u0007\u202e',
  '64 kB': 'x'.repeat(65_536),
  NUL: 'a\0b',
});

export type Wanted = Readonly<Record<string, unknown>>;

/** Every copy of the arguments in which one text is another one, by the place of the text. */
export function* withText(wanted: unknown, text: string, place = ''): Generator<[string, unknown]> {
  if (typeof wanted === 'string') yield [place, text];
  if (typeof wanted !== 'object' || wanted === null) return;
  const isList = Array.isArray(wanted);
  for (const [name, inner] of Object.entries(wanted))
    for (const [where, other] of withText(inner, text, `${place}.${name}`)) {
      const copy: Record<string, unknown> = { ...wanted, [name]: other };
      yield [where, isList ? Object.values(copy) : copy];
    }
}
