/** Events of a small run, for the reporters' tests. */
import type { Event, HostRecap, StepRef } from '../../engine/report/events.ts';
import type { ShownEvent } from '../../engine/report/shown.ts';

export type EventOf<K extends Event['event']> = Extract<Event, { event: K }>;
export type Shown = ShownEvent;

const counters = { connections: 1, roundTrips: 3, bytesUp: 2048, bytesDown: 512, processes: 9 };

export function step(host: string, name: string, more: Partial<StepRef> = {}): StepRef {
  const role = 'role' in more ? more.role : 'etcd';
  return {
    host,
    id: ['etcd', role, name].filter(Boolean).join('/'),
    play: 'etcd',
    role,
    name,
    module: 'template',
    at: { file: '/nowhere/roles/etcd.ts', line: 14, column: 11 },
    handler: false,
    ...more,
  };
}

export function stepEnd(of: StepRef, more: Partial<EventOf<'step-end'>> = {}): Event {
  return {
    event: 'step-end',
    time: 0,
    step: of,
    outcome: 'ok',
    took: 10,
    attempts: 1,
    differences: [],
    notes: [],
    secret: false,
    ...more,
  };
}

export function recap(more: Partial<HostRecap> = {}): HostRecap {
  return {
    ok: 3,
    changed: 0,
    unknown: 0,
    skipped: 0,
    failed: 0,
    rescued: 0,
    ignored: 0,
    unreachable: false,
    locked: false,
    heldBack: false,
    leftOut: false,
    counters,
    ...more,
  };
}

export const runStart = (check = false): Event => ({
  event: 'run-start',
  time: 0,
  run: '20261120-224127-3f9c',
  playbook: 'site.ts',
  check,
  version: '0.1.0',
});

export const playStart = (hosts: readonly string[], batch = 1, batches = 1): Event => ({
  event: 'play-start',
  time: 0,
  play: 'etcd',
  hosts,
  batch,
  batches,
});

export const playEnd = (aborted?: string): Event => ({
  event: 'play-end',
  time: 0,
  play: 'etcd',
  aborted,
});

export const runEnd = (hosts: Readonly<Record<string, HostRecap>>, exitCode = 0): Event => ({
  event: 'run-end',
  time: 0,
  took: 4200,
  exitCode,
  recap: hosts,
  controllerCpu: 640,
  controllerCpuPerHost: 320,
});
