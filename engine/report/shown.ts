/** Events as they may be shown: secrets hidden once, for every reporter and the journal. */
import type { Difference } from '../module/plan.ts';
import { hidden, type Redactor } from '../secrets/redact.ts';
import { textChange, type TextChange } from './difference-text.ts';
import type { Event, Failure, Reporter } from './events.ts';
import { HeldOutput } from './held-output.ts';

export interface ShownDifference {
  readonly what: string;
  readonly from: unknown;
  readonly to: unknown;
  readonly text?: TextChange;
  readonly secret?: boolean;
}

type StepEnd = Extract<Event, { event: 'step-end' }>;
export type ShownStepEnd = Omit<StepEnd, 'differences'> & {
  readonly differences: readonly ShownDifference[];
};
export type ShownEvent = Exclude<Event, StepEnd> | ShownStepEnd;

/** Shows or stores events that are safe to show. */
export interface Listener {
  on(event: ShownEvent): void;
  /** Waits until everything is written. */
  close(): Promise<void>;
}

/**
 * The reporter that the run talks to: it hides secrets and passes each event to all listeners.
 * @param redactor knows the secrets of the run
 */
export function reportTo(redactor: Redactor, listeners: readonly Listener[]): Reporter {
  const held = new HeldOutput();
  return {
    on(event) {
      for (const each of held.pass(event)) {
        const shown = show(each, redactor);
        for (const listener of listeners) listener.on(shown);
      }
    },
    async close() {
      for (const listener of listeners) await listener.close();
    },
  };
}

/** The event with all secrets hidden and texts reduced to what people may see of them. */
export function show(event: Event, redactor: Redactor): ShownEvent {
  if (event.event === 'step-end') return showStepEnd(event, redactor);
  const shown = own(event, redactor);
  if (event.event === 'step-output')
    return { ...shown, stream: event.stream, text: redactor.text(event.text) } as ShownEvent;
  if (event.event === 'host-unreachable' || event.event === 'host-locked')
    return { ...shown, failure: showFailure(event.failure, redactor) } as ShownEvent;
  if (event.event === 'message') return { ...shown, level: event.level } as ShownEvent;
  return shown;
}

/** Our own sentences and names. The kind of the event decides who handles it: no secret does. */
const own = <E extends object & { readonly event: string }>(event: E, redactor: Redactor): E => ({
  ...(redactor.data(event, 'sentence') as E),
  event: event.event,
});

function showStepEnd(event: StepEnd, redactor: Redactor): ShownStepEnd {
  const { differences, ...rest } = event;
  const { result, failure, ...ours } = event.secret ? hideSecretTask(rest) : rest;
  return {
    ...own(ours, redactor),
    outcome: event.outcome,
    ...(result !== undefined && { result: redactor.data(result) }),
    ...(failure && { failure: showFailure(failure, redactor) }),
    differences: differences.map((difference) =>
      showDifference(difference, redactor, event.secret),
    ),
  };
}

/** What a host said stands in our message as well as alone: there too all is hidden. */
function showFailure(failure: Failure, redactor: Redactor): Failure {
  const { message, stdout, stderr, details, command, script, ...ours } = failure;
  const said = [...lines(stderr), ...lines(stdout), ...(details ?? [])];
  const quoted = said.filter((line) => line.trim() !== '' && message.includes(line));
  let shown = message;
  for (const line of quoted) shown = shown.replace(line, () => redactor.text(line));
  return {
    ...(redactor.data(ours, 'sentence') as Failure),
    message: redactor.sentence(shown),
    ...(redactor.data({ stdout, stderr, details, command, script }) as Partial<Failure>),
  };
}

const lines = (text: string | undefined): readonly string[] => text?.split('\n') ?? [];

function hideSecretTask(event: Omit<StepEnd, 'differences'>): Omit<StepEnd, 'differences'> {
  const { result: _, failure, ...rest } = event;
  return { ...rest, notes: [], failure: failure && hideFailure(failure) };
}

function hideFailure(failure: Failure): Failure {
  return {
    message: `failed, and the task is secret: what it said is hidden`,
    code: failure.code,
    at: failure.at,
    hint: failure.hint,
  };
}

function showDifference(
  difference: Difference,
  redactor: Redactor,
  secretTask: boolean,
): ShownDifference {
  const secret = secretTask || difference.secret === true;
  const { what, text } = difference;
  return {
    what: redactor.text(what),
    from: secret ? hidden : redactor.data(difference.from),
    to: secret ? hidden : redactor.data(difference.to),
    ...(text && { text: textChange(text, redactor, secret) }),
    ...(secret && { secret }),
  };
}
