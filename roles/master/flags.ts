/** Flags of kube-controller-manager and kube-scheduler, and how flags stand in a unit. */
import type { PairPaths, Parts } from '../pki/index.ts';
import type { MasterVariables } from './variables.ts';

/** By their names without dashes. */
export type Flags = Readonly<Record<string, string | number | boolean>>;

/** Where the two answer for their health: on loopback alone, over TLS. */
export const loopback = '127.0.0.1';
export const controllerManagerPort = 10_257;
export const schedulerPort = 10_259;

export function controllerManagerFlags({ cluster, paths, vars }: Parts<MasterVariables>): Flags {
  const { traits } = cluster;
  const lifetime = `${vars.pkiDays * 24}h`;
  const signing = traits.clusterSigningDuration
    ? { 'cluster-signing-duration': lifetime }
    : { 'experimental-cluster-signing-duration': lifetime };
  return {
    'bind-address': loopback,
    'secure-port': controllerManagerPort,
    ...(traits.insecurePorts && { port: 0 }),
    ...clientFlags(paths.controllerManagerConfig, paths.controllerManager, paths),
    'cluster-name': cluster.name,
    ...(vars.pkiSignOnMasters && {
      'cluster-signing-cert-file': paths.authority.certificate,
      'cluster-signing-key-file': paths.authority.key,
      ...signing,
    }),
    'root-ca-file': paths.authority.certificate,
    'service-account-private-key-file': paths.serviceAccount.key,
    'use-service-account-credentials': true,
    controllers: '*,bootstrapsigner,tokencleaner',
    'leader-elect': true,
    'allocate-node-cidrs': true,
    'cluster-cidr': cluster.pod.text,
    'service-cluster-ip-range': cluster.service.text,
    'node-cidr-mask-size': cluster.nodeMask,
    'node-monitor-grace-period': `${vars.clusterNodeGrace}s`,
    profiling: false,
    v: vars.masterLogLevel,
    ...vars.masterControllerManagerFlags,
  };
}

/**
 * By flags alone: with a file of configuration 1.20 ignores `--port=0` and opens 10251 to
 * everybody.
 */
export function schedulerFlags({ cluster, paths, vars }: Parts<MasterVariables>): Flags {
  return {
    'bind-address': loopback,
    'secure-port': schedulerPort,
    ...(cluster.traits.insecurePorts && { port: 0 }),
    ...clientFlags(paths.schedulerConfig, paths.scheduler, paths),
    'leader-elect': true,
    profiling: false,
    v: vars.masterLogLevel,
    ...vars.masterSchedulerFlags,
  };
}

/** Who it is, and whom it believes. */
function clientFlags(config: string, pair: PairPaths, paths: Parts['paths']): Flags {
  return {
    kubeconfig: config,
    'authentication-kubeconfig': config,
    'authorization-kubeconfig': config,
    'client-ca-file': paths.authority.certificate,
    'requestheader-client-ca-file': paths.frontProxyAuthority,
    'requestheader-allowed-names': 'front-proxy-client',
    'tls-cert-file': pair.certificate,
    'tls-private-key-file': pair.key,
  };
}

/** As lines of `ExecStart`, in the order of their names. systemd reads `%` and `$` itself. */
export function flagLines(flags: Flags): readonly string[] {
  return Object.entries(flags)
    .map(([name, value]) => `--${name}=${value}`)
    .toSorted()
    .map((line) => line.replaceAll('%', '%%').replaceAll('$', '$$$$'))
    .map((line) => (/[\s"'\\]/.test(line) ? `"${line.replaceAll(/(["\\])/g, '\\$1')}"` : line));
}
