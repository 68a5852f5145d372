/** Certificates, keys and kubeconfigs of a master. */
import { copy, type HostView, type Step } from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import { inUrl } from '../variables.ts';
import { administrator, config } from './config.ts';
import { keptSecrets } from './kept-secrets.ts';
import { folder, options, pair, trust, type Notify, type Parts, type Wanted } from './steps.ts';

export interface MasterNotify {
  /** Authorities and the key for service accounts; certificates are reloaded by itself. */
  readonly apiserver?: Notify;
  /** Its kubeconfig, the authorities and the keys that it signs with. */
  readonly controllerManager?: Notify;
  /** Its kubeconfig and the authorities. */
  readonly scheduler?: Notify;
}

/** The API server of this master: its own programs ask no other. */
export const ownApiServer = (host: HostView, cluster: Cluster): string =>
  `https://${inUrl(host.address)}:${cluster.apiPort}`;

/**
 * Steps for a role that runs a control plane.
 * @example yield* masterCertificates(parts, { controllerManager: restart });
 */
export function* masterCertificates(parts: Parts, notify: MasterNotify = {}): Iterable<Step> {
  const { paths } = parts;
  const all = handlers(notify.apiserver, notify.controllerManager, notify.scheduler);

  yield* keptSecrets(parts);
  yield folder(paths.folder, 'of the control plane');
  yield trust(parts, 'kubernetes', paths.authority.certificate, 'of the cluster', all);
  yield trust(parts, 'etcd', paths.etcdAuthority, 'of etcd for masters', notify.apiserver);
  yield trust(parts, 'frontProxy', paths.frontProxyAuthority, 'of the front proxy', all);
  for (const wanted of certificatesOf(parts)) yield pair(parts, wanted);
  yield* signingKeys(parts, notify);
  yield* configs(parts, notify);
}

function certificatesOf({ host, paths, cluster }: Parts): readonly Wanted[] {
  const names = ['localhost', '127.0.0.1', host.address];
  return [
    {
      name: 'of the API server',
      at: paths.apiserver,
      commonName: 'kube-apiserver',
      names: cluster.apiNames,
      usages: 'server',
    },
    {
      name: 'of the controller manager',
      at: paths.controllerManager,
      commonName: 'system:kube-controller-manager',
      names,
      usages: 'both',
    },
    {
      name: 'of the scheduler',
      at: paths.scheduler,
      commonName: 'system:kube-scheduler',
      names,
      usages: 'both',
    },
    {
      name: 'of the API server for etcd',
      authority: 'etcd',
      at: paths.apiserverEtcdClient,
      commonName: 'kube-apiserver-etcd-client',
    },
    {
      name: 'of the API server for kubelets',
      at: paths.apiserverKubeletClient,
      commonName: 'kube-apiserver-kubelet-client',
      organizations: ['system:kubelet-api-clients'],
    },
    {
      name: 'of the front proxy',
      authority: 'frontProxy',
      at: paths.frontProxyClient,
      commonName: 'front-proxy-client',
    },
  ];
}

/** Keys that are the same on all masters, so that they come from the controller. */
function* signingKeys({ vars, paths, pki }: Parts, notify: MasterNotify): Iterable<Step> {
  const both = options(handlers(notify.apiserver, notify.controllerManager));
  const { key, publicKey } = paths.serviceAccount;
  yield copy(
    'key for service accounts',
    { content: (run) => pki.serviceAccount(run).privateKey, dest: key, mode: '0600' },
    both,
  );
  yield copy(
    'public key for service accounts',
    { content: (run) => pki.serviceAccount(run).publicKey, dest: publicKey, mode: '0644' },
    both,
  );
  if (!vars.pkiSignOnMasters) return;
  yield copy(
    'key of the authority of the cluster',
    { ...pki.authorityKey('kubernetes'), dest: paths.authority.key, mode: '0600' },
    options(notify.controllerManager),
  );
}

function* configs(parts: Parts, notify: MasterNotify): Iterable<Step> {
  const { host, paths, cluster } = parts;
  const server = ownApiServer(host, cluster);
  const manager = 'system:kube-controller-manager';
  for (const [name, path, commonName, whom] of [
    ['of the controller manager', paths.controllerManagerConfig, manager, notify.controllerManager],
    ['of the scheduler', paths.schedulerConfig, 'system:kube-scheduler', notify.scheduler],
  ] as const) {
    yield config(parts, { name, path, server, commonName }, whom);
  }
  yield config(parts, { ...administrator, path: paths.adminConfig, server });
}

function handlers(...given: readonly Notify[]): Notify {
  const all = given.flatMap((each) => each ?? []);
  return all.length === 0 ? undefined : all;
}
