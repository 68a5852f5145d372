/** What the names of a template mean at one place of it: values where they are known. */

/** A value, or nothing known of it (an item of an empty list). */
export type Meaning = { readonly value: unknown } | undefined;

export interface Scope {
  readonly context: Meaning;
  /** Names that `as |item index|` gave. */
  readonly named: ReadonlyMap<string, Meaning>;
  readonly parent: Scope | undefined;
  /** Whether rendering surely gets here. */
  readonly reached: boolean;
}

export interface Path {
  readonly parts: readonly string[];
  /** How many `../`. */
  readonly depth: number;
  /** `this.` or `./` in front: block names don't count. */
  readonly own: boolean;
}

export interface Found {
  readonly meaning: Meaning;
  /** A sentence and a hint, when a name of the path is not there. */
  readonly missing?: {
    readonly message: string;
    readonly known: readonly string[];
    readonly name: string;
  };
}

/** Follows a path from a scope. */
export function lookUp(scope: Scope, path: Path): Found {
  let at: Scope | undefined = scope;
  for (let up = 0; up < path.depth; up++) at = at?.parent;
  if (!at) {
    const message = `'${'../'.repeat(path.depth)}' leads out of the template`;
    return { meaning: undefined, missing: { message, known: [], name: '' } };
  }
  const [first, ...rest] = path.parts;
  if (first === undefined) return { meaning: at.context };
  const named = path.own || path.depth > 0 ? undefined : nearestNamed(at, first);
  if (named) return follow(named.meaning, rest, first);
  return follow(at.context, path.parts, undefined);
}

function nearestNamed(scope: Scope, name: string): { readonly meaning: Meaning } | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    if (at.named.has(name)) return { meaning: at.named.get(name) };
  }
  return undefined;
}

function follow(from: Meaning, parts: readonly string[], base: string | undefined): Found {
  let meaning = from;
  let name = base;
  for (const part of parts) {
    if (!meaning) return { meaning: undefined };
    const holder = meaning.value;
    // Nothing to look into: the template's own `#if` may keep it from getting here.
    if (holder === undefined || holder === null || holder === false) return { meaning: undefined };
    const isObject = typeof holder === 'object';
    if (isObject && Object.hasOwn(holder, part)) {
      meaning = { value: (holder as Record<string, unknown>)[part] };
      name = name === undefined ? part : `${name}.${part}`;
      continue;
    }
    const message =
      name === undefined ? `'${part}' is used, but was not passed` : `'${name}' has no '${part}'`;
    const known = isObject && !Array.isArray(holder) ? Object.keys(holder) : [];
    return { meaning: undefined, missing: { message, known, name: part } };
  }
  return { meaning };
}
