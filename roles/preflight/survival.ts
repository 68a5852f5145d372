/**
 * What a running cluster does not survive: variables that are written down in etcd, on nodes and in
 * pods when the cluster is made, and that a changed unit does not change there.
 */
import { cgroupDriverOf, type Cluster } from '../cluster/index.ts';
import { parseVersion } from 'tsplay/kubernetes';
import type { KeptVariable } from './kept.ts';
import type { Running } from './running.ts';
import type { PreflightVariables } from './variables.ts';

interface Kept {
  readonly variable: KeptVariable;
  /** Undefined where the host has none of it. */
  readonly runs: string | undefined;
  readonly wanted: string;
  readonly because: string;
}

const back = 'set it back, or reset the cluster';
const nodeCure = 'set it back, or drain the node, reset it (reset.ts --limit) and let it join anew';

/** Every problem, a sentence each, but those that may be. */
export function survivalProblems(
  cluster: Cluster,
  vars: PreflightVariables,
  running: Running,
): readonly string[] {
  const allowed = new Set<string>(vars.preflightAllowChanges);
  return [
    ...changed(ofCluster(cluster, vars, running), back),
    ...changed(ofNode(vars, running), nodeCure),
    ...versionProblems(cluster, running),
  ]
    .filter(({ variable }) => !allowed.has(variable))
    .map(({ variable, said }) => `${said}, or set preflightAllowChanges: [${variable}]`);
}

const changed = (kept: readonly Kept[], cure: string) =>
  kept
    .filter(({ runs, wanted }) => runs !== undefined && runs !== wanted)
    .map(({ variable, runs, wanted, because }) => ({
      variable,
      said: `${variable} would make it ${wanted}, and what runs here has ${runs}: ${because}; ${cure}`,
    }));

/** A flag or field of the user's own wins. */
const own = (given: unknown, otherwise: string | number): string =>
  typeof given === 'string' || typeof given === 'number' ? String(given) : String(otherwise);

function ofCluster(cluster: Cluster, vars: PreflightVariables, running: Running): readonly Kept[] {
  const { masterApiserverFlags: api, masterControllerManagerFlags: manager } = vars;
  return [
    {
      variable: 'clusterPodCidr',
      runs: running.podCidr,
      wanted: own(manager['cluster-cidr'], cluster.pod.text),
      because: 'nodes and pods keep their parts of the old network, which nobody routes any more',
    },
    {
      variable: 'clusterServiceCidr',
      runs: running.serviceCidr,
      wanted: own(api['service-cluster-ip-range'], cluster.service.text),
      because:
        'services keep their addresses, the API server and the DNS of the cluster among them',
    },
    {
      variable: 'clusterNodeMask',
      runs: running.nodeMask,
      wanted: own(manager['node-cidr-mask-size'], cluster.nodeMask),
      because: 'nodes keep parts of the old size',
    },
    {
      variable: 'clusterDomain',
      runs: running.domain,
      wanted: own(vars.kubeletExtra['clusterDomain'], cluster.domain),
      because:
        'pods that run ask for names in the old domain, and tokens of service accounts name it',
    },
    {
      variable: 'masterApiserverFlags',
      runs: running.versions.has('kube-apiserver')
        ? (running.etcdPrefix ?? '/registry')
        : undefined,
      wanted: own(api['etcd-prefix'], '/registry'),
      because: 'with another etcd-prefix the cluster is empty',
    },
  ];
}

function ofNode(vars: PreflightVariables, running: Running): readonly Kept[] {
  const orphans = "containers that run would be nobody's, and started a second time";
  const here = <T>(value: T, runtime: string): T | undefined =>
    running.runtime === runtime && vars.clusterRuntime === runtime ? value : undefined;
  return [
    {
      variable: 'clusterRuntime',
      runs: running.runtime,
      wanted: vars.clusterRuntime,
      because: orphans,
    },
    {
      variable: 'clusterCgroupDriver',
      runs: running.cgroupDriver,
      wanted: own(vars.kubeletExtra['cgroupDriver'], cgroupDriverOf(vars)),
      because: 'containers that run stay in control groups that kubelet does not look at',
    },
    {
      variable: 'kubeletRoot',
      runs: running.kubeletRoot,
      wanted: vars.kubeletRoot,
      because: 'volumes of pods that run stay mounted in the old folder',
    },
    {
      variable: 'containerdRoot',
      runs: here(running.containerdRoot, 'containerd'),
      wanted: vars.containerdRoot,
      because: orphans,
    },
    {
      variable: 'dockerRoot',
      runs: here(running.dockerRoot, 'docker'),
      wanted: own(vars.dockerDaemon['data-root'], vars.dockerRoot),
      because: orphans,
    },
    {
      variable: 'cniKind',
      runs: running.cni,
      wanted: vars.cniKind,
      because: 'routes and interfaces of the old network stay, and lead pods astray',
    },
    {
      variable: 'cniBridge',
      runs: running.bridge,
      wanted: vars.cniKind === 'none' ? (running.bridge ?? '') : vars.cniBridge,
      because: 'pods that run stay on the old bridge, which has the same address',
    },
  ];
}

/** Patches go both ways; a minor goes up by one on masters, and never down. */
function versionProblems(cluster: Cluster, { versions }: Running) {
  const wanted = cluster.traits.version;
  return [...versions].flatMap(([program, text]) => {
    const { minor } = parseVersion(text);
    const variable = 'kubernetesVersion';
    const said = `${variable} is ${wanted.text}, and ${program} is ${text}`;
    if (wanted.minor < minor) {
      const why = 'an older minor need not read what a newer one has written';
      return [{ variable, said: `${said}: ${why}; stay on 1.${minor}` }];
    }
    if (wanted.minor > minor + 1 && ofMasters.has(program)) {
      const why = 'masters go up one minor at a time';
      return [{ variable, said: `${said}: ${why}; run with 1.${minor + 1} first` }];
    }
    return [];
  });
}

const ofMasters = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']);
