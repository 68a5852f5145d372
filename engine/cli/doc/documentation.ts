/** What `play doc` shows of a module, from its one definition. */
import { z } from 'zod';
import type { AnyModule } from '../../module/module.ts';

export interface Argument {
  /** Of a field within another `settle.atMost`. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** As it would be written; undefined where there is none. */
  readonly default: string | undefined;
  readonly description: string;
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly pattern?: string;
}

/** Modules that are about one thing: `play doc files`. */
export interface ModuleGroup {
  readonly name: string;
  /** What a playbook imports them from; undefined for files of the user's own. */
  readonly from: string | undefined;
  readonly modules: readonly AnyModule[];
}

/**
 * @param rooms what each folder of modules exports
 * @param from what a playbook imports them from
 */
export const groupsOf = (
  rooms: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  from = 'tsplay',
): readonly ModuleGroup[] =>
  Object.entries(rooms).map(([name, exports]) => ({ name, from, modules: modulesOf(exports) }));

/** The modules among the exports of a file, by name. */
export function modulesOf(exports: Readonly<Record<string, unknown>>): readonly AnyModule[] {
  const modules = Object.values(exports).flatMap((value) =>
    typeof value === 'function' && 'definition' in value && isModule(value.definition)
      ? [value.definition]
      : [],
  );
  return modules.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Readers have a definition too. */
const isModule = (definition: unknown): definition is AnyModule =>
  typeof definition === 'object' && definition !== null && 'plan' in definition;

/** The arguments of a module in the order of its schema. */
export const argumentsOf = (definition: AnyModule): readonly Argument[] =>
  fieldsOf(definition.args);

/** The fields of a schema, in its order; of a union of objects those of all. */
export function fieldsOf(of: z.ZodType): readonly Argument[] {
  const schema = z.toJSONSchema(of, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.title ??= 'Secret';
    },
  }) as JsonSchema;
  return fieldsIn(schema, '');
}

/** Fields within fields follow them as `settle.atMost`, as far as they are described. */
function fieldsIn(schema: JsonSchema, above: string): readonly Argument[] {
  return propertiesOf(schema).flatMap(([name, field]) => [
    {
      name: `${above}${name}`,
      type: typeOf(field),
      required: objectsOf(schema).every(({ required }) => required?.includes(name)),
      default: field.default === undefined ? undefined : JSON.stringify(field.default),
      description: field.description ?? '',
    },
    ...fieldsIn(field.items ?? field, `${above}${name}.`).filter((each) => each.description !== ''),
  ]);
}

/** Of several forms that one field tells apart, that field has the meaning of each. */
function propertiesOf(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const forms = objectsOf(schema).flatMap(({ properties }) => Object.entries(properties ?? {}));
  return [...new Set(forms.map(([name]) => name))].map((name) => {
    const all = forms.filter(([each]) => each === name).map(([, field]) => field);
    const last = all.at(-1) ?? {};
    if (all.length < 2 || all.some((field) => field.const === undefined)) return [name, last];
    const told = all.filter((field) => field.description !== undefined);
    const description = told.map((field) => `${String(field.const)}: ${field.description}`);
    return [
      name,
      {
        enum: all.map((field) => field.const),
        ...(told.length > 0 && { description: description.join('; ') }),
      },
    ];
  });
}

/** A schema may be a union of objects: a module with several forms. */
function objectsOf(schema: JsonSchema): readonly JsonSchema[] {
  const parts = schema.anyOf ?? schema.oneOf;
  return parts ? parts.flatMap(objectsOf) : [schema];
}

function typeOf(schema: JsonSchema & { readonly title?: string }): string {
  if (schema.enum) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return [...new Set(parts.map(typeOf))].join(' | ');
  if (schema.type === 'array') {
    const item = schema.items ? typeOf(schema.items) : 'unknown';
    return item.includes(' ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === 'object') return objectType(schema);
  if (typeof schema.type === 'string') return plainType(schema.type);
  if (schema.type) return schema.type.map(plainType).join(' | ');
  return schema.title ?? 'unknown';
}

const plainType = (type: string): string => (type === 'integer' ? 'number' : type);

function objectType(schema: JsonSchema): string {
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([name, field]) => {
      const optional = schema.required?.includes(name) ? '' : '?';
      return `${name}${optional}: ${typeOf(field)}`;
    });
    return `{ ${fields.join('; ')} }`;
  }
  const values = schema.additionalProperties;
  return typeof values === 'object' ? `Record<string, ${typeOf(values)}>` : 'object';
}
