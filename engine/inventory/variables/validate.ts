/** Checks a host's variables against the schema of a role or play, before anything connects. */
import type { z } from 'zod';
import { InventoryError, type Place } from '../../errors.ts';
import { isConnectionVariable } from '../connection/variables.ts';
import { mistakesOf, valueAt, type Mistake } from './issues.ts';
import { schemaKeys } from './schema-keys.ts';
import { hintForType } from './type-hints.ts';
import type { Inventory } from '../view.ts';

/** Whose variables they are. */
export interface ValidationContext {
  /** `role etcd`, `play site`. */
  readonly what: string;
  /** Where the playbook passes variables to the role. */
  readonly at?: Place | undefined;
}

export type Validated<V> =
  | { readonly value: V; readonly errors?: undefined }
  | { readonly errors: readonly InventoryError[]; readonly value?: undefined };

type Given = Readonly<Record<string, unknown>>;

/**
 * Takes the host's variables that the schema knows, `given` over them but for those of `-e`, and
 * parses.
 * @param host name of the host
 * @param given what the playbook passes to the role
 * @returns the parsed value, or every mistake with the place in the inventory
 */
export function validateVariables<S extends z.ZodType>(
  inventory: Inventory,
  host: string,
  schema: S,
  given: Given,
  context: ValidationContext,
): Validated<z.output<S>> {
  const known = schemaKeys(schema);
  if (!known) {
    const hint = 'write vars: z.strictObject({ … })';
    const message = `the variables of ${context.what} must be an object`;
    return { errors: [new InventoryError(message, { at: context.at, hint })] };
  }
  const { vars } = inventory.host(host);
  const values: Record<string, unknown> = {};
  for (const name of known) if (Object.hasOwn(vars, name)) values[name] = vars[name];
  const isGiven = (name: string): boolean => given[name] !== undefined && !inventory.isExtra(name);
  for (const name of Object.keys(given)) if (isGiven(name)) values[name] = given[name];
  const taken = known.filter((name) => isConnectionVariable(name) && !(name in values));
  const refused = taken.flatMap((name) => refuseConnection(name, host, inventory, context));
  if (refused.length > 0) return { errors: refused };
  const parsed = schema.safeParse(values);
  if (parsed.success) return { value: parsed.data };
  const mistakes = mistakesOf(parsed.error.issues, values, schema);
  return {
    errors: mistakes.map((mistake) => {
      const [name] = mistake.path;
      return name === undefined || (typeof name === 'string' && isGiven(name))
        ? inPlaybook(mistake, context)
        : inInventory(mistake, values, host, inventory, context);
    }),
  };
}

/** A role that knows `port` would silently miss what the inventory says for the connection. */
function refuseConnection(
  name: string,
  host: string,
  inventory: Inventory,
  context: ValidationContext,
): readonly InventoryError[] {
  const written = inventory.written(host, [name]);
  if (!written) return [];
  const message = `${written.path} is the connection's: ${context.what} cannot have it from here`;
  const hint = 'pass it with the role, or rename it';
  return [new InventoryError(message, { at: written.at, hint })];
}

/** A mistake in what the playbook passes, or one of all variables together. */
function inPlaybook(mistake: Mistake, context: ValidationContext): InventoryError {
  const path = pathText('', mistake.path);
  const message = `${context.what}${path === '' ? '' : `, ${path}`}: ${wording(mistake)}`;
  return new InventoryError(message, { at: context.at, hint: mistake.hint || undefined });
}

function inInventory(
  mistake: Mistake,
  values: Given,
  host: string,
  inventory: Inventory,
  context: ValidationContext,
): InventoryError {
  const { path, expected } = mistake;
  const name = String(path[0]);
  const written = inventory.written(host, path);
  if (!written) {
    return new InventoryError(`${name}: missing for ${host}: ${context.what} needs it`, {
      at: inventory.placeOf(host, []) ?? context.at,
      hint: hintForMissing(name, mistake),
    });
  }
  const value = valueAt(values, path);
  const plain = written.depth === path.length ? written.plain : undefined;
  const hint = mistake.missing
    ? undefined
    : (mistake.hint ?? hintForType(expected ?? wanted(mistake), value, plain, String(path.at(-1))));
  return new InventoryError(`${pathText(written.path, path.slice(1))}: ${wording(mistake)}`, {
    at: written.at,
    hint: hint || undefined,
  });
}

const wording = (mistake: Mistake): string =>
  mistake.missing ? `missing: ${mistake.message}` : mistake.message;

/** A check of our own that wants a text says so in its words. */
const wanted = ({ message }: Mistake): string => (/\btext\b/.test(message) ? 'string' : '');

function hintForMissing(name: string, mistake: Mistake): string {
  if (isConnectionVariable(name)) {
    return `in an inventory '${name}' is the connection's: pass it with the role, or rename it`;
  }
  return `write '${name}: …' (${mistake.message}) for the host or one of its groups`;
}

/** `all.vars.tls` and `['certs', 0, 'my key']` as `all.vars.tls.certs[0]['my key']`. */
function pathText(start: string, path: readonly PropertyKey[]): string {
  let text = start;
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(String(step))) text += text === '' ? String(step) : `.${String(step)}`;
    else text += `['${String(step)}']`;
  }
  return text;
}
