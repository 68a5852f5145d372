/** What a load balancer shows when it asks API servers for their health. */
import type { Step } from 'tsplay';
import { folder, pair, partsOf, trust, type Notify, type PkiContext } from './steps.ts';

export interface BalancerNotify {
  /** haproxy reads certificates when it starts or reloads. */
  readonly haproxy?: Notify;
}

/**
 * Steps for a role that runs haproxy in front of API servers.
 * @example yield* balancerCertificates({ vars, host, inventory }, { haproxy: reload });
 */
export function* balancerCertificates(
  context: PkiContext,
  notify: BalancerNotify = {},
): Iterable<Step> {
  const parts = partsOf(context);
  const { balancer } = parts.paths;
  yield folder(balancer.folder, 'of the balancer');
  yield trust(
    parts,
    'kubernetes',
    balancer.authority,
    'of the cluster for the balancer',
    notify.haproxy,
  );
  yield pair(
    parts,
    {
      name: 'of the balancer',
      authority: 'kubernetes',
      at: balancer.client,
      commonName: 'system:lb-healthcheck',
      usages: 'client',
      bundle: balancer.clientBundle,
    },
    notify.haproxy,
  );
}
