/** Certificates of a member of etcd. The authority's key stays on the controller. */
import type { Step } from 'tsplay';
import { folder, pair, partsOf, trust, type Notify, type PkiContext } from './steps.ts';

export interface EtcdNotify {
  /**
   * etcd shows a new certificate at the next connection by itself; only a changed authority needs
   * a restart.
   */
  readonly authority?: Notify;
}

/**
 * Steps for a role that runs etcd, after the user `pkiEtcdOwner` is there.
 * @example yield* etcdCertificates({ vars, host, inventory }, { authority: roll });
 */
export function* etcdCertificates(context: PkiContext, notify: EtcdNotify = {}): Iterable<Step> {
  const parts = partsOf(context);
  const { paths, cluster, vars } = parts;
  const { host } = context;
  const name = cluster.nodeNameOf(host);
  const owner = vars.pkiEtcdOwner;
  const names = ['localhost', '127.0.0.1', host.address, name];
  const member = { authority: 'etcd', commonName: name, names, usages: 'both', owner } as const;

  yield folder(paths.etcd.folder, 'of etcd');
  yield trust(parts, 'etcd', paths.etcd.authority, 'of etcd', notify.authority);
  yield pair(parts, { ...member, name: 'of etcd for clients', at: paths.etcd.server });
  yield pair(parts, { ...member, name: 'of etcd for its peers', at: paths.etcd.peer });
  yield pair(parts, {
    name: 'for asking etcd for its health',
    authority: 'etcd',
    at: paths.etcd.healthcheckClient,
    commonName: 'kube-etcd-healthcheck-client',
    usages: 'client',
  });
}
