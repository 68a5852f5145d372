/** Certificates of a member of etcd. The authority's key stays on the controller. */
import type { Step } from 'tsplay';
import type { PairPaths } from './paths.ts';
import { folder, pair, trust, type Notify, type Parts } from './steps.ts';

/** The variable `etcdTls` of the role etcd. */
export function etcdTls({ etcd }: Parts['paths']) {
  const { authority: ca, server, peer, healthcheckClient: client } = etcd;
  const words = ({ certificate: cert, key }: PairPaths) => ({ cert, key });
  return { ca, ...words(server), peer: words(peer), client: words(client) };
}

export interface EtcdNotify {
  /**
   * etcd shows a new certificate at the next connection by itself; only a changed authority needs
   * a restart.
   */
  readonly authority?: Notify;
}

/**
 * Steps for a role that runs etcd, after the user `pkiEtcdOwner` is there.
 * @example yield* etcdCertificates(parts, { authority: roll });
 */
export function* etcdCertificates(parts: Parts, notify: EtcdNotify = {}): Iterable<Step> {
  const { paths, cluster, vars, host } = parts;
  const commonName = cluster.nodeNameOf(host);
  const names = ['localhost', '127.0.0.1', host.address, commonName];
  const owner = vars.pkiEtcdOwner;
  const member = { authority: 'etcd', commonName, names, usages: 'both', owner } as const;

  yield folder(paths.etcd.folder, 'of etcd');
  yield trust(parts, 'etcd', paths.etcd.authority, 'of etcd', notify.authority);
  yield pair(parts, { ...member, name: 'of etcd for clients', at: paths.etcd.server });
  yield pair(parts, { ...member, name: 'of etcd for its peers', at: paths.etcd.peer });
  yield pair(parts, {
    name: 'for asking etcd for its health',
    authority: 'etcd',
    at: paths.etcd.healthcheckClient,
    commonName: 'kube-etcd-healthcheck-client',
  });
}
