/** Readers that ask no host, and what is known of one that has answered. */
import type { Invalidates } from '../../../engine/module/plan.ts';
import { defineReader, value, type Answer, type Read } from '../../../engine/module/reader.ts';
import { way } from '../../../engine/module/read-ways.ts';
import { followWay } from '../../../engine/module/way.ts';
import {
  HostState,
  SharedEpoch,
  type Alteration,
  type OpenBatch,
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

/** Stores an answer as a read batch does, with where its paths lead: no links. */
export function store(
  state: HostState,
  openBatch: OpenBatch,
  read: Read<unknown>,
  answer: Answer<unknown>,
): void {
  for (const asked of state.surroundings([read])) {
    if (asked.reader !== way.definition) continue;
    store(state, openBatch, asked, value(followWay(String(asked.key), () => undefined)));
  }
  state.store(openBatch, '', read, answer);
}

export const of = (invalidates: Invalidates, more: Partial<Alteration> = {}): Alteration => ({
  invalidates,
  everywhere: false,
  files: false,
  ...more,
});

export function stateWith(...reads: readonly ReturnType<typeof file>[]) {
  const clock = new SharedEpoch();
  const state = new HostState(clock);
  const openBatch = state.startRead();
  for (const read of reads) store(state, openBatch, read, value('old'));
  state.finishRead(openBatch);
  return { state, clock };
}
