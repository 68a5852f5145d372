/** Readers that ask no host, and what is known of one that has answered. */
import type { Touches } from '../../../engine/module/plan.ts';
import { defineReader, value, type Answer, type Read } from '../../../engine/module/reader.ts';
import { way } from '../../../engine/module/read-ways.ts';
import { followWay } from '../../../engine/module/way.ts';
import {
  HostState,
  SharedEpoch,
  type Alteration,
  type OpenFlight,
} from '../../../engine/run/state/host-state.ts';

export const parse = () => [];
export const file = defineReader<string, string>({
  name: 'file',
  script: () => '',
  parse,
  dependsOn: (path) => [path],
});
export const unit = defineReader<string, string>({
  name: 'unit',
  script: () => '',
  parse,
  dependsOn: () => ['/etc/systemd/system/'],
});
export const port = defineReader<number, boolean>({
  name: 'port',
  scope: 'shared',
  script: () => '',
  parse,
});

/** Stores an answer as a flight does, with where its paths lead: no links. */
export function store(
  state: HostState,
  flight: OpenFlight,
  read: Read<unknown>,
  answer: Answer<unknown>,
): void {
  for (const asked of state.surroundings([read])) {
    if (asked.reader !== way.definition) continue;
    store(state, flight, asked, value(followWay(String(asked.key), () => undefined)));
  }
  state.store(flight, '', read, answer);
}

export const of = (touches: Touches, more: Partial<Alteration> = {}): Alteration => ({
  touches,
  everywhere: false,
  files: false,
  ...more,
});

export function stateWith(...reads: readonly ReturnType<typeof file>[]) {
  const clock = new SharedEpoch();
  const state = new HostState(clock);
  const flight = state.depart();
  for (const read of reads) store(state, flight, read, value('old'));
  state.land(flight);
  return { state, clock };
}
