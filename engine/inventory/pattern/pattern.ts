/** Host patterns as data: `web:&prod:!old`, globs, `~regex`, subscripts. */
import { InventoryError, type Place } from '../../errors.ts';

/** Hosts of a list by position; `last` is inclusive, as in Ansible. */
export interface Subscript {
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** A single position, which must exist. */
  readonly single: boolean;
  /** `[13]` and `[0-3]` may be meant as a glob's set of characters. */
  readonly maybeGlob: boolean;
}

/** One part of a pattern. */
export interface Term {
  readonly operation: 'union' | 'intersection' | 'exclusion';
  /** As written, without the operation. */
  readonly text: string;
  /** The text before a subscript, the whole text without one. */
  readonly name: string;
  readonly subscript: Subscript | undefined;
  readonly regex: RegExp | undefined;
  /** `etcd?`: a group that may be absent, and then has no hosts. Of a play's `hosts` alone. */
  readonly optional?: true;
  /** Where it is written, for terms of a `--limit @file`. */
  readonly at?: Place;
}

export interface Pattern {
  readonly text: string;
  readonly terms: readonly Term[];
}

const subscripted = /^([^~].*)\[(?:(-?\d+)|(-?\d*)([:-])(-?\d*))\]$/;
const operations = { '&': 'intersection', '!': 'exclusion' } as const;

/** What a play's `hosts` may say besides: `etcd?` is a group that may be absent. */
export function parsePlayPattern(text: string): Pattern {
  const { terms } = parsePattern(text);
  return {
    text,
    terms: terms.map((term) => {
      const group = /^([^~*?[\]]+)\?$/.exec(term.text)?.[1];
      return group === undefined ? term : { ...term, name: group, optional: true };
    }),
  };
}

/**
 * Parses a pattern; parts are separated by `:` or `,`.
 * @param at where it is written, if in a file
 * @throws InventoryError for an empty pattern, a bad regular expression, open brackets
 */
export function parsePattern(text: string, at?: Place): Pattern {
  const parts = split(text).map((part) => part.trim());
  const terms = parts.filter((part) => part !== '').map((part) => parseTerm(part, at));
  if (terms.length === 0) {
    throw new InventoryError('a host pattern is empty', { at, hint: "write 'all' for every host" });
  }
  return { text, terms };
}

function parseTerm(part: string, at: Place | undefined): Term {
  const operator = part.charAt(0);
  const operation =
    operator === '&' || operator === '!' ? operations[operator] : ('union' as const);
  const text = operation === 'union' ? part : part.slice(1).trim();
  if (text === '') throw new InventoryError(`'${part}' excludes or intersects nothing`, { at });
  const place = at === undefined ? {} : { at };
  if (text.startsWith('~')) {
    const regex = regexOf(text.slice(1), at);
    return { operation, text, name: text, subscript: undefined, regex, ...place };
  }
  if (text.startsWith('@')) {
    throw new InventoryError(`'${text}' is for --limit only`, { at, hint: 'name hosts or groups' });
  }
  const found = subscripted.exec(text);
  const subscript = found ? subscriptOf(found) : undefined;
  const name = subscript && found?.[1] !== undefined ? found[1] : text;
  return { operation, text, name, subscript, regex: undefined, ...place };
}

function subscriptOf(found: RegExpExecArray): Subscript | undefined {
  const [, , single, from = '', separator, to = ''] = found;
  if (single !== undefined) {
    const at = Number(single);
    return { first: at, last: at, single: true, maybeGlob: at >= 0 };
  }
  // `[-]` and `[0-]` are sets of characters; `[:]` is everything.
  if (separator === '-' && !(/^\d+$/.test(from) && /^\d+$/.test(to))) return undefined;
  return {
    first: from === '' ? undefined : Number(from),
    last: to === '' ? undefined : Number(to),
    single: false,
    maybeGlob: separator === '-',
  };
}

function regexOf(source: string, at: Place | undefined): RegExp {
  try {
    // As Python's re.match: it must begin at the start.
    return new RegExp(`^(?:${source})`);
  } catch (cause) {
    throw new InventoryError(`'~${source}' is not a regular expression`, { at, cause });
  }
}

/** Splits at `:` and `,` outside brackets; in a regular expression also outside () and {}. */
function split(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    const part = parts.at(-1) ?? '';
    const isRegex = /^\s*[&!]?~/.test(part);
    const opens = isRegex ? '[({' : '[';
    const closes = isRegex ? '])}' : ']';
    if ((character === ':' || character === ',') && depth <= 0) {
      parts.push('');
      continue;
    }
    if (opens.includes(character)) depth++;
    if (closes.includes(character)) depth--;
    parts[parts.length - 1] = part + character;
  }
  if (depth !== 0 && !parts.some((part) => /^\s*[&!]?~/.test(part))) {
    throw new InventoryError(`brackets are left open in '${text}'`);
  }
  return parts;
}
