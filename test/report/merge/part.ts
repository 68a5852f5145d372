/** The report of a part as its run writes it, for tests of merging. */
import type { HostRecap, PartOfRun } from '../../../engine/report/events.ts';
import type { ShownEvent } from '../../../engine/report/shown.ts';

export interface PartReport {
  readonly part?: PartOfRun['part'];
  readonly parts?: number;
  readonly whole?: string;
  readonly check?: boolean;
  readonly left?: readonly string[];
  /** By host how its one step ended. */
  readonly hosts?: Readonly<Record<string, 'ok' | 'changed' | 'failed' | 'unreachable'>>;
  /** Milliseconds at which it began. */
  readonly at?: number;
  /** Undefined: it broke off. */
  readonly exitCode?: number | undefined;
  /** What became pending and was run, as `web1 restart true`. */
  readonly pending?: readonly string[];
}

export const text = (of: PartReport): string =>
  events(of)
    .map((event) => `${JSON.stringify(event)}\n`)
    .join('');

export function events(of: PartReport): readonly ShownEvent[] {
  const { part = 1, parts = 3, whole = 'w', check = false, left = [], hosts = {}, at = 1000 } = of;
  const names = Object.keys(hosts);
  const steps = Object.entries(hosts).map(([host, outcome], index): ShownEvent => {
    const time = at + index + 1;
    const failure = { message: `${host} says no` };
    if (outcome === 'unreachable') return { event: 'host-unreachable', time, host, failure };
    const where = { file: 'site.ts', line: 1, column: 1 };
    const step = { host, id: 'p/s', play: 'p', role: undefined, name: 's', module: 'm' };
    return {
      event: 'step-end',
      time,
      step: { ...step, at: where, handler: false },
      outcome,
      took: 1,
      attempts: 1,
      differences: [],
      notes: [],
      secret: false,
      ...(outcome === 'failed' && { failure }),
    };
  });
  const pending = (of.pending ?? []).map((entry): ShownEvent => {
    const [host = '', handler = '', is = ''] = entry.split(' ');
    const place = { inventory: 'hosts.yaml', target: `root@${host}` };
    return {
      event: 'handler-pending',
      time: at + 1,
      host,
      handler,
      pending: is === 'true',
      ...place,
    };
  });
  const shard = { part, parts, whole, hosts: names, left };
  return [
    {
      event: 'run-start',
      time: at,
      run: `r${at}`,
      playbook: 'site.ts',
      check,
      version: '1',
      shard,
    },
    { event: 'play-start', time: at, play: 'p', hosts: names, batch: 1, batches: 1 },
    ...pending,
    ...steps,
    ...(of.exitCode === undefined ? [] : [end(of.exitCode, hosts, at)]),
  ];
}

function end(exitCode: number, hosts: PartReport['hosts'], at: number): ShownEvent {
  const recap = Object.fromEntries(
    Object.entries(hosts ?? {}).map(([host, outcome]) => [host, recapOf(outcome)]),
  );
  const cpu = { controllerCpu: 5, controllerCpuPerHost: 5 };
  return { event: 'run-end', time: at + 100, took: 100, exitCode, recap, ...cpu };
}

function recapOf(outcome: string): HostRecap {
  const is = (other: string): number => (outcome === other ? 1 : 0);
  return {
    ok: is('ok'),
    changed: is('changed'),
    unknown: 0,
    skipped: 0,
    failed: is('failed'),
    rescued: 0,
    ignored: 0,
    unreachable: outcome === 'unreachable',
    locked: false,
    heldBack: false,
    leftOut: false,
    counters: { connections: 1, roundTrips: 2, bytesUp: 3, bytesDown: 4, processes: 5 },
  };
}
