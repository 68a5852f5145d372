/** Services as the template takes them, and what of them is refused. */
import { PlaybookError, type Context, type HostView, type InventoryView } from 'tsplay';
import { addressMistakes, refuse } from '../fleet.ts';
import { inUrl } from '../variables.ts';
import type { HaproxyVariables, Service } from './variables.ts';

interface Server {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/**
 * What `haproxy.cfg.hbs` says of each service.
 * @throws PlaybookError for servers that are named twice, or that are the service itself
 */
export function servicesOf({ host, inventory, vars }: Context<HaproxyVariables>) {
  return vars.haproxyServices.map((service) => {
    const servers = serversOf(service, inventory);
    refuseDuplicates(service, servers);
    refuseItself(service, servers, host);
    const { name, mode, balance, idle, check } = service;
    return {
      name,
      /** It listens on an address that is not the host's own. */
      elsewhere: service.address !== undefined && service.address !== host.address,
      mode,
      balance,
      idle,
      check: { ...check, path: check.path ?? null },
      bind: `${service.address === undefined ? '*' : inUrl(service.address)}:${service.port}`,
      tls: tlsWords(check),
      servers: servers.map((server) => ({
        name: server.name,
        at: `${inUrl(server.address)}:${server.port}`,
      })),
    };
  });
}

function serversOf({ name, servers }: Service, inventory: InventoryView): readonly Server[] {
  if (Array.isArray(servers)) return servers;
  const hosts = inventory.group(servers.group);
  refuse(`haproxy, service ${name}`, addressMistakes(hosts));
  if (hosts.length === 0) {
    throw new PlaybookError(`haproxy: the service ${name} has no server`, {
      hint: `the group '${servers.group}' is empty`,
    });
  }
  return hosts.map((host) => ({ name: host.name, address: host.address, port: servers.port }));
}

function refuseDuplicates({ name }: Service, servers: readonly Server[]): void {
  for (const key of ['name', 'at'] as const) {
    const seen = new Set<string>();
    for (const server of servers) {
      const value = key === 'name' ? server.name : `${server.address}:${server.port}`;
      if (seen.has(value)) {
        throw new PlaybookError(`haproxy: the service ${name} has the server ${value} twice`);
      }
      seen.add(value);
    }
  }
}

/** A balancer on the host of its own server needs another port than the server. */
function refuseItself(service: Service, servers: readonly Server[], host: HostView): void {
  const everywhere = service.address === undefined || service.address === host.address;
  const itself = servers.find(
    ({ address, port }) => address === host.address && port === service.port,
  );
  if (!everywhere || !itself) return;
  throw new PlaybookError(
    `haproxy: the service ${service.name} listens on ${host.name} where its server ${itself.name} does: port ${service.port}`,
    { hint: 'give the service another port than its servers' },
  );
}

function tlsWords({ tls }: Service['check']): string {
  if (!tls) return '';
  const verify = tls.ca === undefined ? 'verify none' : `verify required ca-file ${tls.ca}`;
  return ` check-ssl ${verify}${tls.cert === undefined ? '' : ` crt ${tls.cert}`}`;
}
