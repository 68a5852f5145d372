/** Certificates, keys and kubeconfigs of a master. */
import { copy, type HostView, type Step } from 'tsplay';
import type { Cluster } from '../cluster/index.ts';
import { inUrl } from '../variables.ts';
import { administrator, config } from './config.ts';
import { keptSecrets } from './kept-secrets.ts';
import {
  folder,
  options,
  pair,
  partsOf,
  trust,
  type Notify,
  type Parts,
  type PkiContext,
} from './steps.ts';

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
 * @example yield* masterCertificates({ vars, host, inventory }, { controllerManager: restart });
 */
export function* masterCertificates(
  context: PkiContext,
  notify: MasterNotify = {},
): Iterable<Step> {
  const parts = partsOf(context);
  const { paths } = parts;
  const all = handlers(notify.apiserver, notify.controllerManager, notify.scheduler);

  yield* keptSecrets(context);
  yield folder(paths.folder, 'of the control plane');
  yield trust(parts, 'kubernetes', paths.authority.certificate, 'of the cluster', all);
  yield trust(parts, 'etcd', paths.etcdAuthority, 'of etcd for masters', notify.apiserver);
  yield trust(parts, 'frontProxy', paths.frontProxyAuthority, 'of the front proxy', all);
  yield* serverCertificates(parts, context.host);
  yield* clientCertificates(parts);
  yield* signingKeys(parts, notify);
  yield* configs(parts, context.host, notify);
}

function* serverCertificates(parts: Parts, host: HostView): Iterable<Step> {
  const { paths, cluster } = parts;
  const local = ['localhost', '127.0.0.1', host.address];
  yield pair(parts, {
    name: 'of the API server',
    authority: 'kubernetes',
    at: paths.apiserver,
    commonName: 'kube-apiserver',
    names: cluster.apiNames,
    usages: 'server',
  });
  yield pair(parts, {
    name: 'of the controller manager',
    authority: 'kubernetes',
    at: paths.controllerManager,
    commonName: 'system:kube-controller-manager',
    names: local,
    usages: 'both',
  });
  yield pair(parts, {
    name: 'of the scheduler',
    authority: 'kubernetes',
    at: paths.scheduler,
    commonName: 'system:kube-scheduler',
    names: local,
    usages: 'both',
  });
}

function* clientCertificates(parts: Parts): Iterable<Step> {
  const { paths } = parts;
  yield pair(parts, {
    name: 'of the API server for etcd',
    authority: 'etcd',
    at: paths.apiserverEtcdClient,
    commonName: 'kube-apiserver-etcd-client',
    usages: 'client',
  });
  yield pair(parts, {
    name: 'of the API server for kubelets',
    authority: 'kubernetes',
    at: paths.apiserverKubeletClient,
    commonName: 'kube-apiserver-kubelet-client',
    organizations: ['system:kubelet-api-clients'],
    usages: 'client',
  });
  yield pair(parts, {
    name: 'of the front proxy',
    authority: 'frontProxy',
    at: paths.frontProxyClient,
    commonName: 'front-proxy-client',
    usages: 'client',
  });
}

/** Keys that are the same on all masters, so that they come from the controller. */
function* signingKeys({ vars, paths, pki }: Parts, notify: MasterNotify): Iterable<Step> {
  const both = options(handlers(notify.apiserver, notify.controllerManager));
  yield copy(
    'key for service accounts',
    {
      content: (run) => pki.serviceAccount(run).privateKey,
      dest: paths.serviceAccount.key,
      mode: '0600',
    },
    both,
  );
  yield copy(
    'public key for service accounts',
    {
      content: (run) => pki.serviceAccount(run).publicKey,
      dest: paths.serviceAccount.publicKey,
      mode: '0644',
    },
    both,
  );
  if (!vars.pkiSignOnMasters) return;
  yield copy(
    'key of the authority of the cluster',
    { ...pki.authorityKey('kubernetes'), dest: paths.authority.key, mode: '0600' },
    options(notify.controllerManager),
  );
}

function* configs(parts: Parts, host: HostView, notify: MasterNotify): Iterable<Step> {
  const { paths, cluster } = parts;
  const server = ownApiServer(host, cluster);
  yield config(
    parts,
    {
      name: 'of the controller manager',
      path: paths.controllerManagerConfig,
      server,
      commonName: 'system:kube-controller-manager',
    },
    notify.controllerManager,
  );
  yield config(
    parts,
    {
      name: 'of the scheduler',
      path: paths.schedulerConfig,
      server,
      commonName: 'system:kube-scheduler',
    },
    notify.scheduler,
  );
  yield config(parts, { ...administrator, path: paths.adminConfig, server });
}

function handlers(...given: readonly Notify[]): Notify {
  const all = given.flatMap((each) => each ?? []);
  return all.length === 0 ? undefined : all;
}
