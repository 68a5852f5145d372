/** Collects the mistakes of all hosts: one that many hosts share is told once. */
import type { z } from 'zod';
import { InventoryError, type Place } from '../../errors.ts';
import { validateVariables } from './validate.ts';
import type { HostView, Inventory } from '../view.ts';

export interface VariableValidator {
  /** The parsed variables, or undefined when there were mistakes. */
  validate(
    host: HostView,
    schema: z.ZodType,
    given: Readonly<Record<string, unknown>>,
    of: { readonly kind?: string; readonly name: string; readonly at: Place },
  ): { readonly value: unknown } | undefined;
  /** Every mistake so far. */
  readonly errors: readonly InventoryError[];
}

/** What one mistake is, and how many hosts have it. */
interface Shared {
  readonly error: InventoryError;
  readonly host: string;
  hosts: number;
}

/** @example const { validate } = validator; collectPlaybook(playbook, inventory, { validate }) */
export function variableValidator(inventory: Inventory): VariableValidator {
  const found = new Map<string, Shared>();
  return {
    get errors() {
      return [...found.values()].map(told);
    },
    validate(host, schema, given, { kind, name, at }) {
      const what = `${kind ?? 'role'} '${name}'`;
      const validated = validateVariables(inventory, host.name, schema, given, { what, at });
      if (!validated.errors) return validated;
      for (const error of validated.errors) {
        const key = keyOf(error, host.name);
        const shared = found.get(key);
        if (shared) shared.hosts++;
        else found.set(key, { error, host: host.name, hosts: 1 });
      }
      return undefined;
    },
  };
}

/** One place and one sentence are one mistake; what hosts lack is one for all of them. */
function keyOf({ at, message }: InventoryError, host: string): string {
  const lacking = message.replace(ofHost(host), '');
  return lacking === message ? `${at?.file}:${at?.line}:${at?.column}:${message}` : lacking;
}

const ofHost = (host: string): string => ` for ${host}:`;

function told({ error, host, hosts }: Shared): InventoryError {
  if (hosts === 1) return error;
  const others = `${ofHost(host).slice(0, -1)} and ${hosts - 1} more:`;
  const message = error.message.replace(ofHost(host), others);
  return message === error.message
    ? error
    : new InventoryError(message, { at: error.at, hint: error.hint });
}
