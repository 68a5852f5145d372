/** Why a parameter may be missing on a host. */

/** Parameters that the kernel no longer has, and since when. */
const gone: readonly (readonly [pattern: RegExp, since: string])[] = [
  [/^net\.ipv4\.tcp_tw_recycle$/, 'the kernel dropped it in 4.12, since it broke hosts behind NAT'],
  [/^net\.ipv4\.tcp_(low_latency|max_ssthresh)$/, 'the kernel dropped it'],
  [/^net\.ipv4\.ip_conntrack_max$/, 'its name is net.netfilter.nf_conntrack_max since 2.6.20'],
  [/^net\.ipv4\.netfilter\.ip_conntrack_/, 'its name begins with net.netfilter.nf_conntrack_'],
  [
    /^kernel\.sched_(latency|min_granularity|wakeup_granularity)_ns$|^kernel\.sched_(migration_cost_ns|nr_migrate|tunable_scaling)$/,
    'the kernel moved it to /sys/kernel/debug/sched in 5.13',
  ],
  [/^kernel\.sched_child_runs_first$/, 'the kernel dropped it in 6.6'],
  [/^fs\.may_detach_mounts$/, 'only the kernel of EL7 has it'],
  [/^vm\.(nr_pdflush_threads|block_dump)$/, 'the kernel dropped it'],
];

/** Parameters that come with a module. */
const modules: readonly (readonly [pattern: RegExp, module: string])[] = [
  [/^net\.bridge\./, 'br_netfilter'],
  [/^net\.(netfilter\.)?nf_conntrack_/, 'nf_conntrack'],
  [/^net\.ipv4\.vs\./, 'ip_vs'],
  [/^fs\.nfs\./, 'nfs'],
];

/** A hint for a person: what happened to the parameter, or what brings it. */
export function whyMissing(name: string): string {
  const since = gone.find(([pattern]) => pattern.test(name))?.[1];
  if (since !== undefined) return `${since}; ignoreMissing: true passes over it`;
  const module = modules.find(([pattern]) => pattern.test(name))?.[1];
  if (module !== undefined) return `load ${module} first: modprobe('…', { module: '${module}' })`;
  return 'check the name; containers do not see every parameter; ignoreMissing: true passes over it';
}
