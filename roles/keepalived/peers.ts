/** Who shares the address, and what of the whole fleet is refused. */
import { PlaybookError, type Context, type HostView, type Run } from 'tsplay';
import { addressMistakes, disagreements, refuse } from '../fleet.ts';
import type { KeepalivedVariables } from './variables.ts';

/** Priorities by order: far enough apart to tell hosts apart, near enough for the weight. */
const highest = 120;
const step = 10;

export interface Router {
  readonly priority: number;
  /** Addresses of the others. */
  readonly peers: readonly string[];
}

/**
 * What this host is among those that share the address.
 * @throws PlaybookError for an address that a host has anyway, priorities that are equal or that the
 * weight does not bridge, settings that differ
 */
export function routerOf({ host, inventory, vars }: Context<KeepalivedVariables>): Router {
  const hosts = inventory.group(vars.keepalivedGroup);
  if (!hosts.some(({ name }) => name === host.name)) {
    throw new PlaybookError(
      `keepalived: ${host.name} is not in the group '${vars.keepalivedGroup}'`,
      {
        hint: 'put it there, or set keepalivedGroup to the group of the hosts that share the address',
      },
    );
  }
  refuse('keepalived', addressMistakes(hosts));
  refuseTakenAddress(vars.keepalivedAddress, inventory.hosts);
  const { keepalivedAddress, keepalivedRouterId, keepalivedInterval } = vars;
  const agreed = { keepalivedAddress, keepalivedRouterId, keepalivedInterval };
  refuse('keepalived', disagreements(agreed, host.name, hosts));
  const priorities = prioritiesOf(hosts);
  refusePriorities(priorities, vars.keepalivedWeight);
  return {
    priority: priorities.get(host.name) ?? highest,
    peers: hosts.filter(({ name }) => name !== host.name).map(({ address }) => address),
  };
}

function refuseTakenAddress(shared: string, hosts: readonly HostView[]): void {
  const [ip] = shared.split('/');
  const owner = hosts.find(({ address }) => address === ip);
  if (!owner) return;
  throw new PlaybookError(`keepalived: ${ip} is the address of ${owner.name}`, {
    hint: 'choose a free address of the network',
  });
}

function prioritiesOf(hosts: readonly HostView[]): ReadonlyMap<string, number> {
  return new Map(
    hosts.map(({ name, vars }, index) => {
      const own = vars['keepalivedPriority'];
      return [name, typeof own === 'number' ? own : Math.max(1, highest - step * index)];
    }),
  );
}

function refusePriorities(priorities: ReadonlyMap<string, number>, weight: number): void {
  const owners = new Map<number, string>();
  for (const [name, priority] of priorities) {
    const owner = owners.get(priority);
    if (owner !== undefined) {
      throw new PlaybookError(
        `keepalived: ${owner} and ${name} have the same priority ${priority}`,
        {
          hint: 'give each host its own keepalivedPriority, or set it for none',
        },
      );
    }
    owners.set(priority, name);
  }
  const gap = Math.max(...priorities.values()) - Math.min(...priorities.values());
  if (-weight <= gap) {
    throw new PlaybookError(
      `keepalived: a failed check lowers the priority by ${-weight}, which does not bridge the gap of ${gap} between the priorities: the address would never move`,
      { hint: `set keepalivedWeight to ${-gap - 1} or less, or bring the priorities together` },
    );
  }
}

/**
 * The interface that has the host's address.
 * @throws PlaybookError where none has it
 */
export function interfaceOf(run: Run, { name, address }: HostView): string {
  for (const [found, { ipv4, ipv6 }] of Object.entries(run.facts.interfaces)) {
    if (ipv4.includes(address) || ipv6.includes(address)) return found;
  }
  throw new PlaybookError(`keepalived: no interface of ${name} has its address ${address}`, {
    hint: "set 'ip' to the address that the host has itself, or keepalivedInterface",
  });
}
