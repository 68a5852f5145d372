/** What keeps one host from becoming part of the cluster. */
import type { Facts, HostView } from 'tsplay';
import { cgroupDriverOf, type Cluster } from '../cluster/index.ts';
import { cgroupRefusal, compareVersions } from 'tsplay/kubernetes';
import type { Seen } from './look.ts';
import { portsOf } from './ports.ts';
import type { PreflightVariables } from './variables.ts';

/** A host, what it is to be, and what was found there. */
export interface Candidate {
  readonly host: HostView;
  readonly cluster: Cluster;
  readonly vars: PreflightVariables;
  readonly facts: Facts;
  readonly seen: Seen;
}

/** Every problem, a sentence each. */
export const hostProblems = (candidate: Candidate): readonly string[] => [
  ...sizeProblems(candidate),
  ...systemProblems(candidate),
  ...portProblems(candidate),
  ...(candidate.vars.preflightAdopt ? [] : candidate.seen.foreign.map(foreignProblem)),
];

const foreignProblem = (path: string): string =>
  `${path} was left by another installer: reset that first, or set preflightAdopt: true`;

function sizeProblems({ host, cluster, vars, facts, seen }: Candidate): string[] {
  const isMaster = cluster.masters.some(({ name }) => name === host.name);
  const memory = isMaster ? vars.preflightMasterMemory : vars.preflightNodeMemory;
  const cpus = isMaster ? vars.preflightMasterCpus : vars.preflightNodeCpus;
  const has = Math.floor(facts.memory / 2 ** 20);
  const problems: string[] = [];
  if (has < memory) problems.push(`it has ${has} MiB of memory and needs ${memory}`);
  if (facts.cpus < cpus) problems.push(`it has ${facts.cpus} processors and needs ${cpus}`);
  for (const [path, free] of seen.free) {
    if (free >= vars.preflightDisk) continue;
    problems.push(`${free} MiB are free for ${path}, and ${vars.preflightDisk} are needed`);
  }
  return problems;
}

function systemProblems({ host, cluster, vars, facts, seen }: Candidate): string[] {
  const problems: string[] = [];
  const kernel = /^\d+(\.\d+)*/.exec(facts.kernel)?.[0] ?? '0';
  const oldest = vars.clusterProxyMode === 'nftables' ? '5.13' : vars.preflightKernel;
  if (compareVersions(kernel, oldest) < 0) {
    problems.push(`its kernel is ${facts.kernel}, older than ${oldest}`);
  }
  if (!facts.systemd) problems.push('it is not run by systemd, which the units need');
  const cgroups = cgroupRefusal(cluster.traits, facts.cgroups);
  if (cgroups !== undefined) problems.push(cgroups);
  if (cgroupDriverOf(vars) === 'systemd' && !facts.systemd) {
    problems.push('the cgroup driver is systemd, which is not running: set clusterCgroupDriver');
  }
  const swapStays = facts.swap > 0 && vars.commonSwap !== 'off' && !vars.preflightAllowSwap;
  if (swapStays && !vars.sharedKernel) {
    problems.push('it has swap, which kubelet refuses: set commonSwap: off, or preflightAllowSwap');
  }
  const isNode = cluster.nodes.some(({ name }) => name === host.name);
  if (vars.clusterProxyMode === 'ipvs' && isNode && !seen.ipvs) {
    problems.push('its kernel has no ip_vs: set clusterProxyMode: iptables');
  }
  if (!ownAddresses(facts).includes(host.address)) {
    problems.push(
      `no interface has its address ${host.address}: set 'ip' to the one that the other hosts reach it by`,
    );
  }
  return problems;
}

/** All addresses of a host. */
export const ownAddresses = (facts: Facts): readonly string[] =>
  Object.values(facts.interfaces).flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6]);

function portProblems({ host, cluster, vars, seen }: Candidate): string[] {
  const wanted = portsOf(host, cluster, vars);
  const told = new Set<string>();
  for (const { port, unit, program } of seen.listeners) {
    const owner = wanted.get(port);
    if (owner === undefined || owner === unit) continue;
    const who = [program, unit === '' ? '' : `of ${unit}`].filter((word) => word !== '').join(' ');
    told.add(`port ${port} is taken by ${who || 'another program'}: ${owner} needs it`);
  }
  return [...told];
}
