/** What a load balancer shows when it asks API servers for their health. */
import type { Step } from 'tsplay';
import { folder, pair, trust, type Parts } from './steps.ts';

/** Steps for a play that runs haproxy in front of API servers, before the role. */
export function* balancerCertificates(parts: Parts): Iterable<Step> {
  const { balancer } = parts.paths;
  yield folder(balancer.folder, 'of the balancer');
  yield trust(parts, 'kubernetes', balancer.authority, 'of the cluster for the balancer');
  yield pair(parts, {
    name: 'of the balancer',
    at: balancer.client,
    commonName: 'system:lb-healthcheck',
    bundle: balancer.clientBundle,
  });
}
