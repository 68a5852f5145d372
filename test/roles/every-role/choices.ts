/** Walks a schema for the values that it offers: enumerations, booleans, literals, what may be left out. */
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';

export interface VariableChoice {
  readonly variable: string;
  /** `clusterEndpoint.kind=vip`; what may be left out is `given`. */
  readonly choice: string;
  /** A whole value of the variable that has this choice. */
  readonly value: unknown;
}

interface Choice {
  readonly path: string;
  readonly value: unknown;
  readonly chosen: unknown;
}

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

const definitionOf = (schema: z.ZodType): Definition => schema.def as Definition;

/** Every choice of a role's variables but their defaults, by the variable. */
export function choicesIn(variables: z.ZodObject): readonly VariableChoice[] {
  return Object.entries(variables.shape).flatMap(([variable, field]) => {
    const schema = field as z.ZodType;
    const standard = schema.safeParse(undefined);
    return choicesOf(schema, variable)
      .filter(({ value }) => !(standard.success && isDeepStrictEqual(value, standard.data)))
      .map(({ path, value, chosen }) => {
        const choice = typeof chosen === 'string' ? chosen : JSON.stringify(chosen);
        return { variable, choice: `${path}=${choice}`, value };
      });
  });
}

/** Everything that a schema offers to choose from, one choice a value. */
function choicesOf(schema: z.ZodType, path: string): readonly Choice[] {
  const of = definitionOf(schema);
  const one = (value: unknown): Choice => ({ path, value, chosen: value });
  const inner = of.innerType ?? of.in;
  if (of.type === 'optional') {
    const choices = inner ? choicesOf(inner, path) : [];
    return choices.length > 0 || !inner
      ? choices
      : [{ ...one(sampleOf(inner, path)), chosen: 'given' }];
  }
  if (inner) return choicesOf(inner, path);
  if (of.type === 'boolean') return [true, false].map(one);
  if (of.type === 'enum') return Object.values(of.entries ?? {}).map(one);
  if (of.type === 'literal') return (of.values ?? []).map(one);
  if (of.type === 'union') {
    return (of.options ?? []).flatMap((option) => {
      const choices = choicesOf(option, path);
      return choices.length > 0 ? choices : [one(sampleOf(option, path))];
    });
  }
  if (of.type === 'object') return ofObject(schema, of.shape ?? {}, path);
  if (of.type === 'array' && of.element) {
    return choicesOf(of.element, `${path}[]`).map((each) => ({ ...each, value: [each.value] }));
  }
  if (of.type === 'record' && of.keyType && of.valueType) {
    const { keyType, valueType } = of;
    const keys = choicesOf(keyType, `${path}{}`);
    const ofKey = (key: unknown, value: unknown) => ({ [String(key)]: value });
    return [
      ...keys.map((each) => ({ ...each, value: ofKey(each.value, sampleOf(valueType, path)) })),
      ...choicesOf(valueType, `${path}.*`).map((each) => ({
        ...each,
        value: ofKey(sampleOf(keyType, `${path}{}`), each.value),
      })),
    ];
  }
  return [];
}

/** An object with one of its fields chosen and else only what it must have. */
function ofObject(
  schema: z.ZodType,
  shape: Readonly<Record<string, z.ZodType>>,
  path: string,
): readonly Choice[] {
  const least = sampleOf(schema, path);
  return Object.entries(shape).flatMap(([name, field]) =>
    choicesOf(field, `${path}.${name}`).map((each) => ({
      ...each,
      value: { ...(least as object), [name]: each.value },
    })),
  );
}

/** Texts and numbers, of which a schema takes the first that it accepts. */
const texts = [
  'sample',
  'sample.value',
  'Sample88',
  '10.9.0.1',
  '10.9.0.0/24',
  '/srv/sample',
  '4h',
  '100m',
  '30000-30100',
  '0123456789abcdef'.repeat(8),
  'https://sample.test/',
];
const numbers = [1, 2, 16, 100, 1500, 10_000];

/**
 * The least value that a schema accepts.
 * @throws Error where none of the samples fits: then it needs one of its own above
 */
export function sampleOf(schema: z.ZodType, path: string): unknown {
  const of = definitionOf(schema);
  const inner = of.innerType ?? of.in;
  if (schema.safeParse(undefined).success) return schema.parse(undefined);
  const all = [
    true,
    ...Object.values(of.entries ?? {}),
    ...(of.values ?? []),
    ...numbers,
    ...texts,
  ];
  const found = all.find((each) => schema.safeParse(each).success);
  if (found !== undefined) return found;
  if (inner) return sampleOf(inner, path);
  if (of.type === 'union' && of.options?.[0]) return sampleOf(of.options[0], path);
  if (of.type === 'array' && of.element) return [sampleOf(of.element, `${path}[]`)];
  if (of.type === 'object') {
    const fields = Object.entries(of.shape ?? {})
      .filter(([, field]) => !field.safeParse(undefined).success)
      .map(([name, field]) => [name, sampleOf(field, `${path}.${name}`)]);
    return Object.fromEntries(fields);
  }
  if (of.type === 'record' && of.keyType && of.valueType) {
    return {
      [String(sampleOf(of.keyType, `${path}{}`))]: sampleOf(of.valueType, `${path}.*`),
    };
  }
  throw new Error(`${path}: no sample is a value of its schema`);
}
