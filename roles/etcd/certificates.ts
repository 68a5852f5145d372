/** Certificates of a member by an authority of the cluster's own, which stays on the controller. */
import {
  certificate,
  certificateAuthority,
  file,
  openStore,
  type Handler,
  type HostView,
  type Run,
  type Step,
} from 'tsplay';
import type { EtcdTls, EtcdVariables } from './variables.ts';

/** Where they lie on the host. */
export const ownTls = ({ etcdPkiDir: folder }: EtcdVariables): EtcdTls => ({
  ca: `${folder}/ca.crt`,
  cert: `${folder}/server.crt`,
  key: `${folder}/server.key`,
  peer: { cert: `${folder}/peer.crt`, key: `${folder}/peer.key` },
});

/**
 * Steps that make them, after the user etcd is there.
 * @param roll etcd shows a new certificate by itself; only a new authority needs a restart
 */
export function* ownCertificates(
  host: HostView,
  vars: EtcdVariables,
  roll: Handler,
): Iterable<Step> {
  const tls = ownTls(vars);
  const store = vars.etcdPkiStore ?? `.play/pki/${vars.etcdClusterToken}`;
  const authority = ({ check }: Run) =>
    openStore(store, { check }).authority('etcd-ca', { commonName: 'etcd-ca' });
  yield file('folder for certificates', {
    path: vars.etcdPkiDir,
    state: 'directory',
    mode: '0755',
  });
  yield certificateAuthority(
    'authority of etcd',
    { path: tls.ca, certificates: (run) => authority(run).certificate },
    { notify: roll },
  );
  const pairs = [
    ['clients', tls],
    ['peers', tls.peer ?? tls],
  ] as const;
  for (const [whom, { cert, key }] of pairs) {
    yield certificate(`certificate for ${whom}`, {
      path: cert,
      keyPath: key,
      ca: authority,
      subject: { commonName: host.name },
      names: ['localhost', '127.0.0.1', host.address, host.name],
      usages: 'both',
      owner: 'etcd',
      group: 'etcd',
    });
  }
}
