/** Whom a host asks for the time, and whom it answers. */
import { isIP } from 'node:net';
import { PlaybookError, type Context } from 'tsplay';
import type { TimeVariables } from './variables.ts';

export interface Clock {
  /** Lines `server … iburst` and `pool … iburst`. */
  readonly sources: readonly string[];
  readonly serves: boolean;
  /** Networks and addresses that are answered. */
  readonly allow: readonly string[];
}

type ClockContext = Pick<Context<TimeVariables>, 'host' | 'inventory' | 'vars'>;

/** @throws PlaybookError for servers without an address, and for a host that nobody tells the time */
export function clockOf({ host, inventory, vars }: ClockContext): Clock {
  const servers = inventory.has(vars.timeServerGroup) ? inventory.group(vars.timeServerGroup) : [];
  const serves = servers.some(({ name }) => name === host.name);
  if (servers.length > 0 && !serves) {
    return { sources: servers.map(({ address }) => `server ${address} iburst`), serves, allow: [] };
  }
  if (vars.timeSources.length === 0 && !serves) {
    throw new PlaybookError(`time: ${host.name} has no time source`, {
      hint: `set timeSources, or put a host into the group '${vars.timeServerGroup}'`,
    });
  }
  const sources = vars.timeSources.map((source) =>
    typeof source === 'string' ? `server ${source} iburst` : `pool ${source.pool} iburst`,
  );
  return { sources, serves, allow: serves ? answered({ host, inventory, vars }) : [] };
}

function answered({ host, inventory, vars }: ClockContext): string[] {
  if (vars.timeAllow.length > 0) return [...vars.timeAllow];
  return inventory.hosts
    .filter(({ name, address }) => name !== host.name && isIP(address) !== 0)
    .map(({ address }) => address);
}
