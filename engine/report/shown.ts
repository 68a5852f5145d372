/** Events as they may be shown: secrets hidden once, for every reporter and the journal. */
import type { Difference } from '../module/plan.ts';
import { hidden, type Redactor } from '../secrets/redact.ts';
import { textChange, type TextChange } from './difference-text.ts';
import type { Event, Failure, Reporter } from './events.ts';

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
  return {
    on(event) {
      const shown = show(event, redactor);
      for (const listener of listeners) listener.on(shown);
    },
    async close() {
      for (const listener of listeners) await listener.close();
    },
  };
}

/** The event with all secrets hidden and texts reduced to what people may see of them. */
export function show(event: Event, redactor: Redactor): ShownEvent {
  if (event.event !== 'step-end') {
    // The kind of the event decides who handles it: no secret may change it.
    return { ...(redactor.data(event) as Event), event: event.event } as ShownEvent;
  }
  const { differences, ...rest } = event;
  const whole = event.secret ? hideSecretTask(rest) : rest;
  return {
    ...(redactor.data(whole) as typeof rest),
    event: 'step-end',
    outcome: event.outcome,
    differences: differences.map((difference) =>
      showDifference(difference, redactor, event.secret),
    ),
  };
}

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
