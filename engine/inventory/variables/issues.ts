/** What a schema says against a value, as mistakes with a path and words for people. */
import type { z } from 'zod';
import { didYouMeanHint } from '../../did-you-mean.ts';
import { keysAt } from './schema-keys.ts';

export interface Mistake {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The type that was wanted, for hints about how YAML reads values. */
  readonly expected?: string;
  /** The value is not there at all. */
  readonly missing: boolean;
  /** The key is not known; the path ends with it. */
  readonly unknownKey: boolean;
  readonly hint?: string | undefined;
}

type Issue = z.core.$ZodIssue;

/** Mistakes of one parse; a schema is needed to guess what an unknown key was meant to be. */
export function mistakesOf(
  issues: readonly Issue[],
  value: unknown,
  schema: z.ZodType,
): readonly Mistake[] {
  return issues.flatMap((issue) => fromIssue(issue, value, schema));
}

function fromIssue(issue: Issue, value: unknown, schema: z.ZodType): readonly Mistake[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path);
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: 'unknown key',
      missing: false,
      unknownKey: true,
      hint: didYouMeanHint(key, known) ?? (known.length > 0 ? `known: ${known.join(', ')}` : ''),
    }));
  }
  const received = valueAt(value, path);
  const missing = received === undefined;
  if (issue.code === 'invalid_union') {
    const branch = nearestBranch(issue.errors);
    if (branch) {
      const inner = branch.map((each) => ({ ...each, path: [...path, ...each.path] }));
      return mistakesOf(inner, value, schema);
    }
    const types = issue.errors.flat().map((each) => expectedOf(each) ?? wordsOf(each));
    const message = `expected ${[...new Set(types)].join(' or ')}`;
    return [{ path, message, missing, unknownKey: false }];
  }
  const expected = expectedOf(issue);
  const message = missing && expected !== undefined ? `expected ${expected}` : wordsOf(issue);
  return [
    { path, message, missing, unknownKey: false, ...(expected !== undefined && { expected }) },
  ];
}

/** Of a union the alternative that went furthest; none when all refuse the value as a whole. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const depth = (branch: readonly Issue[]): number =>
    Math.max(0, ...branch.map((issue) => issue.path.length + Number('keys' in issue)));
  const [first, second] = branches.toSorted((a, b) => depth(b) - depth(a));
  if (!first || depth(first) === 0) return undefined;
  return second && depth(second) === depth(first) && second.length < first.length ? second : first;
}

const expectedOf = (issue: Issue): string | undefined =>
  issue.code === 'invalid_type' ? issue.expected : undefined;

const wordsOf = (issue: Issue): string =>
  issue.message.replace(/^Invalid input: /, '').replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase());

/** The value at a path, undefined where it is not there. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Record<PropertyKey, unknown>)[step];
  }
  return here;
}
