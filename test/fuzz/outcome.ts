/** What a run of a program came to, as far as it is not chance. */
import type { Ran } from '../run/harness.ts';

export interface Outcome {
  readonly exitCode: number;
  /** Of each host: its steps in order, with outcome, result and reason of a failure. */
  readonly steps: ReadonlyMap<string, readonly StepOutcome[]>;
  readonly tree: readonly string[];
}

export interface StepOutcome {
  readonly name: string;
  /** Where it stands in the play; a handler stands behind the step before its flush. */
  readonly number: number;
  readonly outcome: string;
  /** Hosts that were in the play with it. */
  readonly batch: readonly string[];
  /** It failed, and nothing rescued or ignored that. */
  readonly fatal: boolean;
  /** Result, failure, and which handlers it notified, as text. */
  readonly said: string;
}

/** @param root is called ROOT in all texts */
export async function outcomeOf(
  ran: Ran,
  root: string,
  tree: () => readonly string[] | Promise<readonly string[]>,
): Promise<Outcome> {
  const steps = new Map<string, StepOutcome[]>();
  const last = (host: string): StepOutcome | undefined => steps.get(host)?.at(-1);
  const amend = (host: string, more: (step: StepOutcome) => Partial<StepOutcome>): void => {
    const step = steps.get(host)?.pop();
    if (step) steps.get(host)?.push({ ...step, ...more(step) });
  };
  const cutShort = new Set<string>();
  let batch: readonly string[] = [];
  for (const event of ran.events) {
    if (event.event === 'play-start') batch = event.hosts;
    else if (event.event === 'step-end') {
      const { step, outcome, result, failure, ignored } = event;
      const before = last(step.host)?.number ?? 0;
      const text = JSON.stringify({ result, failure: failure?.message }, withoutChance) ?? '';
      const list = steps.get(step.host) ?? [];
      steps.set(step.host, list);
      const key = `${step.host} ${step.name}`;
      // A handler that waited for its turn when the play ended is done all the same.
      if (cutShort.delete(key) && list.at(-1)?.name === step.name) list.pop();
      if (event.because?.endsWith('ended the play')) cutShort.add(key);
      list.push({
        name: step.name,
        number: Number(/^step (\d+)\b/.exec(step.name)?.[1] ?? Math.floor(before) + 0.5),
        outcome,
        batch,
        fatal: outcome === 'failed' && ignored !== true,
        said: text.replaceAll(root, 'ROOT'),
      });
    } else if (event.event === 'host-rescued') amend(event.host, () => ({ fatal: false }));
    else if (event.event === 'handler-notified')
      amend(event.host, ({ said }) => ({ said: `${said}, notifies ${event.handler}` }));
  }
  return { exitCode: ran.exitCode, steps, tree: await tree() };
}

/** What differs between two runs of anything. */
const byChance = new Set([
  'inode',
  'device',
  'modified',
  'accessed',
  'changedAt',
  'mainPid',
  'invocationId',
]);
const withoutChance = (key: string, value: unknown): unknown =>
  byChance.has(key) ? undefined : value;

/** What the source calls a step: one of an `each` is shown with its item. */
export const writtenName = (name: string): string => name.replace(/ \(.*\)$/s, '');
