/** Finds the hosts of a pattern. */
import { didYouMeanHint } from '../../did-you-mean.ts';
import { InventoryError } from '../../errors.ts';
import { globToRegex, isGlob } from '../../glob.ts';
import { parsePattern, type Pattern, type Subscript, type Term } from './pattern.ts';

/** What patterns are looked up in. */
export interface Names {
  /** All hosts in inventory order. */
  readonly hosts: readonly string[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Whether a host of this name exists, `localhost` included. */
  hasHost(name: string): boolean;
  /** Whether a name that passes the test may still come while the run goes on. */
  readonly mayCome?: MayCome | undefined;
}

/** Asks about names that steps of earlier plays may add. */
export type MayCome = (test: (name: string) => boolean) => boolean;

/**
 * Names of the hosts that a pattern means, in inventory order. Unions are taken first, then
 * intersections, then exclusions; without a union the rest applies to `all`.
 * @throws InventoryError for names that are unknown and patterns that match nothing
 */
export function matchPattern(pattern: string | Pattern, names: Names): readonly string[] {
  const { terms } = typeof pattern === 'string' ? parsePattern(pattern) : pattern;
  const of = (operation: Term['operation']): readonly Term[] =>
    terms.filter((term) => term.operation === operation);
  const unions = of('union');
  const found = new Set(unions.length === 0 ? names.hosts : []);
  for (const term of unions) for (const host of matchTerm(term, names)) found.add(host);
  for (const term of of('intersection')) {
    const kept = new Set(matchTerm(term, names));
    for (const host of found) if (!kept.has(host)) found.delete(host);
  }
  for (const term of of('exclusion')) for (const host of matchTerm(term, names)) found.delete(host);
  const ordered = names.hosts.filter((host) => found.delete(host));
  // What is left is the implicit localhost.
  return [...ordered, ...found];
}

function matchTerm(term: Term, names: Names): readonly string[] {
  const { text, name, subscript, regex } = term;
  if (regex) return matchTest(term, (each) => regex.test(each), names);
  if (term.optional) return names.groups.get(name) ?? matchAbsent(term, names);
  const whole = exactly(text, names);
  if (whole) return whole;
  if (!subscript) return isGlob(text) ? matchGlob(term, names) : unknown(term, names);
  const base = exactly(name, names);
  if (!subscript.maybeGlob) {
    return pick(base ?? matchTerm(withoutSubscript(term), names), subscript, term);
  }
  const asGlob = namesMatching(globToRegex(text), names);
  if (!names.groups.has(name)) return matchGlob(term, names);
  if (asGlob.length > 0) throw ambiguous(term, asGlob);
  return pick(base ?? [], subscript, term);
}

/** As a glob it would mean other hosts, in a play that none of them was meant for. */
function matchAbsent({ text, name, at }: Term, names: Names): readonly string[] {
  const asGlob = namesMatching(globToRegex(text), names);
  if (asGlob.length === 0) return [];
  throw new InventoryError(
    `'${text}' is the group '${name}', which may be absent, or the glob for ${asGlob.join(', ')}`,
    { at, hint: `make the group '${name}' (it may be empty), or write the names` },
  );
}

const withoutSubscript = (term: Term): Term => ({ ...term, text: term.name, subscript: undefined });

/** Hosts of the group or host of exactly this name. */
function exactly(name: string, names: Names): readonly string[] | undefined {
  return names.groups.get(name) ?? (names.hasHost(name) ? [name] : undefined);
}

const matchGlob = (term: Term, names: Names): readonly string[] => {
  const regex = globToRegex(term.text);
  return matchTest(term, (each) => regex.test(each), names);
};

function matchTest(term: Term, test: (name: string) => boolean, names: Names): readonly string[] {
  const found = new Set<string>();
  let matched = false;
  for (const [group, hosts] of names.groups) {
    if (!test(group)) continue;
    matched = true;
    for (const host of hosts) found.add(host);
  }
  for (const host of names.hosts) if (test(host)) found.add(host);
  if (!matched && found.size === 0 && !names.mayCome?.(test)) {
    throw new InventoryError(`'${term.text}' matches no host and no group`, {
      at: term.at,
      hint: 'play inventory --graph shows their names',
    });
  }
  return names.hosts.filter((host) => found.has(host));
}

function namesMatching(regex: RegExp, names: Names): readonly string[] {
  return [...names.groups.keys(), ...names.hosts].filter((name) => regex.test(name));
}

function unknown(term: Term, names: Names): readonly string[] {
  if (names.mayCome?.((name) => name === term.text)) return [];
  throw new InventoryError(`no host or group '${term.text}' in the inventory`, {
    at: term.at,
    hint:
      didYouMeanHint(term.text, [...names.groups.keys(), ...names.hosts]) ??
      'play inventory --graph shows their names',
  });
}

function ambiguous(term: Term, asGlob: readonly string[]): InventoryError {
  const { name, subscript, text } = term;
  const range = `${name}[${subscript?.first}:${subscript?.last}]`;
  return new InventoryError(
    `'${text}' could be a position in the group '${name}' or the glob for ${asGlob.join(', ')}`,
    { at: term.at, hint: `write '${range}' for the position, or the names` },
  );
}

function pick(hosts: readonly string[], subscript: Subscript, term: Term): readonly string[] {
  const { first, last, single } = subscript;
  const at = (position: number): number => (position < 0 ? hosts.length + position : position);
  const from = at(first ?? 0);
  const to = at(last ?? -1);
  if (single && hosts.length > 0 && (from < 0 || from >= hosts.length)) {
    throw new InventoryError(`'${term.text}': ${term.name} has ${hosts.length} hosts only`, {
      at: term.at,
      hint: `positions go from 0 to ${hosts.length - 1}`,
    });
  }
  return hosts.slice(Math.max(0, from), Math.max(0, to + 1));
}
