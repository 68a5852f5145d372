/** What a load balancer shows when it asks API servers for their health. */
import type { Step } from 'tsplay';
import { folder, pair, trust, type Notify, type Parts } from './steps.ts';

export interface BalancerNotify {
  /** haproxy reads certificates when it starts or reloads. */
  readonly haproxy?: Notify;
}

/**
 * Steps for a role that runs haproxy in front of API servers.
 * @example yield* balancerCertificates(parts, { haproxy: reload });
 */
export function* balancerCertificates(
  parts: Parts,
  { haproxy }: BalancerNotify = {},
): Iterable<Step> {
  const { folder: path, authority, client: at, clientBundle: bundle } = parts.paths.balancer;
  yield folder(path, 'of the balancer');
  yield trust(parts, 'kubernetes', authority, 'of the cluster for the balancer', haproxy);
  const commonName = 'system:lb-healthcheck';
  yield pair(parts, { name: 'of the balancer', at, commonName, bundle }, haproxy);
}
