/**
 * What a running cluster does not survive: variables that are written down in etcd, on nodes and in
 * pods when the cluster is made, and that a changed unit does not change there.
 */
import { parseVersion } from 'tsplay/kubernetes';
import { cgroupDriverOf, type Cluster } from '../cluster/index.ts';
import { reasons, type KeptVariable } from './kept.ts';
import type { Running } from './running.ts';
import type { PreflightVariables } from './variables.ts';

/** What runs, undefined where the host has none of it, and what the variable would make of it. */
type Kept = Readonly<
  Partial<Record<KeptVariable, readonly [runs: string | undefined, wanted: string]>>
>;

interface Problem {
  readonly variable: KeptVariable;
  readonly said: string;
}

const back = 'set it back, or reset the cluster';
const nodeCure = 'set it back, or drain the node, reset it (reset.ts --limit) and let it join anew';

/** Every problem, a sentence each, but those that may be. */
export function survivalProblems(
  cluster: Cluster,
  vars: PreflightVariables,
  running: Running,
): readonly string[] {
  return [
    ...changed(ofCluster(cluster, vars, running), back),
    ...changed(ofNode(vars, running), nodeCure),
    ...versionProblems(cluster, running),
  ]
    .filter(({ variable }) => !vars.preflightAllowChanges.includes(variable))
    .map(({ variable, said }) => `${said}, or set preflightAllowChanges: [${variable}]`);
}

const changed = (kept: Kept, cure: string): readonly Problem[] =>
  (Object.keys(kept) as KeptVariable[]).flatMap((variable) => {
    const [runs, wanted] = kept[variable] ?? [];
    if (runs === undefined || runs === wanted) return [];
    const said = `${variable} would make it ${wanted}, and what runs here has ${runs}`;
    return [{ variable, said: `${said}: ${reasons[variable]}; ${cure}` }];
  });

/** A flag or field of the user's own wins. */
const own = (given: unknown, otherwise: string | number): string =>
  typeof given === 'string' || typeof given === 'number' ? String(given) : String(otherwise);

function ofCluster(cluster: Cluster, vars: PreflightVariables, running: Running): Kept {
  const { masterApiserverFlags: api, masterControllerManagerFlags: manager } = vars;
  const hasApi = running.versions.has('kube-apiserver');
  return {
    clusterPodCidr: [running.podCidr, own(manager['cluster-cidr'], cluster.pod.text)],
    clusterServiceCidr: [
      running.serviceCidr,
      own(api['service-cluster-ip-range'], cluster.service.text),
    ],
    clusterNodeMask: [running.nodeMask, own(manager['node-cidr-mask-size'], cluster.nodeMask)],
    clusterDomain: [running.domain, own(vars.kubeletExtra['clusterDomain'], cluster.domain)],
    masterApiserverFlags: [
      hasApi ? (running.etcdPrefix ?? '/registry') : undefined,
      own(api['etcd-prefix'], '/registry'),
    ],
  };
}

function ofNode(vars: PreflightVariables, running: Running): Kept {
  const here = <T>(value: T, runtime: string): T | undefined =>
    running.runtime === runtime && vars.clusterRuntime === runtime ? value : undefined;
  return {
    clusterRuntime: [running.runtime, vars.clusterRuntime],
    clusterCgroupDriver: [
      running.cgroupDriver,
      own(vars.kubeletExtra['cgroupDriver'], cgroupDriverOf(vars)),
    ],
    kubeletRoot: [running.kubeletRoot, vars.kubeletRoot],
    containerdRoot: [here(running.containerdRoot, 'containerd'), vars.containerdRoot],
    dockerRoot: [
      here(running.dockerRoot, 'docker'),
      own(vars.dockerDaemon['data-root'], vars.dockerRoot),
    ],
    cniKind: [running.cni, vars.cniKind],
    cniBridge: [running.bridge, vars.cniKind === 'none' ? (running.bridge ?? '') : vars.cniBridge],
  };
}

/** Patches go both ways; a minor goes up by one on masters, and never down. */
function versionProblems(cluster: Cluster, { versions }: Running): readonly Problem[] {
  const wanted = cluster.traits.version;
  return [...versions].flatMap(([program, text]): readonly Problem[] => {
    const { minor } = parseVersion(text);
    const variable = 'kubernetesVersion';
    const said = `${variable} is ${wanted.text}, and ${program} is ${text}`;
    if (wanted.minor < minor) {
      return [{ variable, said: `${said}: ${reasons[variable]}; stay on 1.${minor}` }];
    }
    if (wanted.minor > minor + 1 && ofMasters.has(program)) {
      const why = 'masters are upgraded one minor at a time';
      return [{ variable, said: `${said}: ${why}; run with 1.${minor + 1} first` }];
    }
    return [];
  });
}

const ofMasters = new Set(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']);
