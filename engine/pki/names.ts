/** Names of a certificate: DNS names and IP addresses, in one spelling each. */
import { isIP, SocketAddress } from 'node:net';

const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/i;

/** What is wrong with a name; undefined when it may stand in a certificate. */
export function nameMistake(name: string): string | undefined {
  if (isIP(name) !== 0) return undefined;
  if (name.endsWith('.')) return `'${name}' ends with a dot, which no client looks for`;
  const [first = '', ...rest] = name.split('.');
  const labels = first === '*' && rest.length > 1 ? rest : [first, ...rest];
  if (name.length <= 253 && labels.every((part) => label.test(part))) return undefined;
  return `'${name}' is neither a DNS name nor an IP address`;
}

/** An address as it is usually written: IPv6 shortest and in lower case. */
export function plainAddress(text: string): string {
  const family = isIP(text);
  if (family !== 6) return text;
  return new SocketAddress({ address: text, family: 'ipv6' }).address;
}

/** DNS names in lower case, addresses in one spelling, each once, sorted. */
export function plainNames(names: readonly string[]): readonly string[] {
  const plain = names.map((name) => (isIP(name) === 0 ? name.toLowerCase() : plainAddress(name)));
  return [...new Set(plain)].toSorted();
}

/**
 * The names in `subjectAltName` as OpenSSL prints it. A kind that we never write stays as it is,
 * so that it differs from whatever is wanted.
 */
export function namesIn(printed: string | undefined): readonly string[] {
  if (printed === undefined || printed === '') return [];
  return plainNames(
    printed.split(', ').map((part) => part.replace(/^(DNS|IP Address):/, '').trim()),
  );
}
