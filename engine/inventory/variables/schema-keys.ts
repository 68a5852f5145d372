/** Which variables a schema knows. */
import { z } from 'zod';

/**
 * Names of the keys of an object schema, through `refine`, `transform`, `default`, unions and
 * intersections; undefined when it is no schema of an object.
 */
export function schemaKeys(schema: unknown): readonly string[] | undefined {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodPipe) return schemaKeys(schema.in) ?? schemaKeys(schema.out);
  if (schema instanceof z.ZodLazy) return schemaKeys(schema.unwrap());
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodReadonly
  ) {
    return schemaKeys(schema.unwrap());
  }
  if (schema instanceof z.ZodUnion) return together(schema.options);
  if (schema instanceof z.ZodIntersection) {
    return together([schema.def.left, schema.def.right]);
  }
  return undefined;
}

function together(schemas: readonly unknown[]): readonly string[] | undefined {
  const all = schemas.map((schema) => schemaKeys(schema));
  if (!all.every((keys) => keys !== undefined)) return undefined;
  return [...new Set(all.flat())];
}

/** Keys of the object that a schema has at a path, for guesses; empty when there is none. */
export function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  let here = schema;
  for (const step of path) here = inside(here, step);
  return schemaKeys(here) ?? [];
}

function inside(schema: unknown, step: PropertyKey): unknown {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)] as unknown;
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodTuple) return schema.def.items[Number(step)];
  if (schema instanceof z.ZodPipe) return inside(schema.in, step);
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return inside(schema.unwrap(), step);
  }
  return undefined;
}
