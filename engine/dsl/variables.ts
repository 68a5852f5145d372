/** Variables of a role out of what it shares with others and its own. */
import { z } from 'zod';
import { PlaybookError } from '../errors.ts';
import { callerPlace } from './place.ts';

/** Variables of others with what they refuse together, or fields of one's own. */
type Part = z.ZodObject | z.core.$ZodLooseShape;

type ShapeOf<P> = P extends z.ZodObject<infer S> ? S : P;

type Merged<P extends readonly unknown[]> = P extends readonly [infer First, ...infer Rest]
  ? ShapeOf<First> & Merged<Rest>
  : unknown;

type Check = z.core.$ZodCheck<Readonly<Record<string, unknown>>>;

/** All fields as one object, as an editor shows them. */
type Flat<T> = { [K in keyof T]: T[K] };

/**
 * The schema of variables that are put together: all fields of all parts, and every refinement that
 * a part has, each once however often its part comes in. Unknown names are refused.
 * @param parts schemas of objects, or fields of one's own by name
 * @returns a schema for `vars` of a role or play
 * @throws PlaybookError where two parts mean different things by one name
 * @example
 * const cluster = z
 *   .strictObject({ clusterName: z.string() })
 *   .refine(({ clusterName }) => clusterName !== 'test', 'the name is taken');
 * export const vars = variables(cluster, { dnsReplicas: z.int().default(2) });
 */
export function variables<const P extends readonly Part[]>(
  ...parts: P
): z.ZodObject<Flat<Merged<P>> extends infer S extends z.core.$ZodLooseShape ? S : never> {
  const shape: Record<string, z.core.SomeType> = {};
  const checks = new Set<Check>();
  for (const part of parts) {
    const isSchema = part instanceof z.ZodObject;
    for (const [name, field] of Object.entries(isSchema ? part.shape : part)) {
      if (shape[name] !== undefined && shape[name] !== field) throw otherMeaning(name);
      shape[name] = field;
    }
    if (isSchema) for (const check of part.def.checks ?? []) checks.add(check as Check);
  }
  return z.strictObject(shape).check(...checks) as never;
}

const otherMeaning = (name: string): PlaybookError =>
  new PlaybookError(`two parts of these variables have '${name}' and mean different things`, {
    at: callerPlace(),
    hint: 'take it from one of them, or rename one',
  });
