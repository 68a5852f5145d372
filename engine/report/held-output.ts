/**
 * Live output comes line by line, and a program may fold a long word over several, or dump bytes:
 * such lines are held until the word has ended, so that a secret in it is seen whole and hidden.
 */
import { isDumpLine } from '../secrets/dumps.ts';
import type { Event } from './events.ts';

type Output = Extract<Event, { event: 'step-output' }>;

/** Programs fold at 64, 72 or 76 columns: a shorter line is told at once. */
const shortestFold = 40;
const shortestWord = 16;
/** Lines that are held at most: enough for every text that is not found by its parts. */
const mostLines = 8;

export class HeldOutput {
  readonly #held = new Map<string, Output>();

  /** The events that may be told now, in order. */
  *pass(event: Event): Generator<Event> {
    if (event.event === 'step-output') yield* this.#output(event);
    else {
      if (event.event === 'step-end') yield* this.#release(event.step.host);
      yield event;
    }
  }

  *#output(event: Output): Generator<Event> {
    const key = `${event.step.host} ${event.stream} ${event.step.id}`;
    const before = this.#held.get(key);
    this.#held.delete(key);
    const text = before ? `${before.text}\n${event.text}` : event.text;
    const lines = text.split('\n');
    const held = foldedTail(lines);
    if (held > 0) this.#held.set(key, { ...event, text: lines.slice(-held).join('\n') });
    // The lines behind it tell what the first held one ends with.
    if (held < lines.length)
      yield { ...event, text: lines.slice(0, lines.length - held).join('\n') };
  }

  *#release(host: string): Generator<Event> {
    for (const [key, event] of this.#held) {
      if (event.step.host !== host) continue;
      this.#held.delete(key);
      yield event;
    }
  }
}

/** How many of the last lines may go on in the next one: each is one long word. */
function foldedTail(lines: readonly string[]): number {
  let count = 0;
  for (const line of lines.toReversed()) {
    if (count < mostLines && isDumpLine(line)) {
      count += 1;
      continue;
    }
    const word = line.trim().split(/\s/).at(-1) ?? '';
    if (line.length < shortestFold || word.length < shortestWord || count === mostLines) break;
    count += 1;
    if (word !== line.trim()) break;
  }
  return count;
}
