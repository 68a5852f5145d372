/** `each`: which items the run found, and what may stand in the steps of one. */
import type { Declared } from '../../dsl/collector.ts';
import type { Each, Run, Step } from '../../dsl/task.ts';
import { PlaybookError } from '../../errors.ts';
import { areAlike, copyOfData } from '../alike.ts';
import type { Node } from '../nodes.ts';

/** More items are refused: they come from hosts, and a host may lie. */
const mostItems = 10_000;
/** Characters of a key, which is part of ids and shown. */
const longestKey = 256;

export interface Item {
  readonly key: string;
  readonly item: unknown;
}

/** Where steps of an item stand. */
export interface InEach {
  /** Begins their ids. */
  readonly id: string;
  /** Keys of items around it, and of the item. */
  readonly key: string | undefined;
}

/** The steps of an `each` on one host: made anew only where the items are others. */
export class EachSteps {
  nodes: readonly Node[] = [];
  readonly #step: Each;
  readonly #collect: (items: readonly Item[]) => readonly Node[];
  #items: unknown;

  constructor(step: Each, collect: (items: readonly Item[]) => readonly Node[]) {
    this.#step = step;
    this.#collect = collect;
  }

  /**
   * Makes the steps of the items that the run knows.
   * @returns keys of the items
   * @throws PlaybookError for keys that are none, and for mistakes of the steps
   */
  keysIn(run: Run): string[] {
    const items = itemsIn(this.#step, run);
    if (!areAlike(this.#items, items)) {
      this.nodes = this.#collect(items);
      this.#items = copyOfData(items);
    }
    return items.map(({ key }) => key);
  }
}

function itemsIn(step: Each, run: Run): readonly Item[] {
  const found = new Map<string, unknown>();
  for (const item of step.items(run)) {
    const key = keyOf(step, item);
    if (found.has(key))
      throw wrong(step, `has two items '${key}'`, 'give it a key that tells them apart');
    if (found.size === mostItems)
      throw wrong(step, `has more than ${mostItems} items`, 'ask for fewer');
    found.set(key, item);
  }
  return [...found].map(([key, item]) => ({ key, item }));
}

function keyOf(step: Each, item: unknown): string {
  const key = step.key ? step.key(item) : item;
  if (typeof key !== 'string' && typeof key !== 'number')
    throw wrong(
      step,
      `has an item without a key: ${typeof key}`,
      'say what names it: { key: (item) => item.name }',
    );
  const text = String(key);
  if (text === '')
    throw wrong(
      step,
      'has an item with an empty key',
      'leave out what is no item, such as empty lines',
    );
  // oxlint-disable-next-line no-control-regex -- just these are refused
  if (text.length > longestKey || /[\u0000-\u001f\u007f]/.test(text))
    throw wrong(
      step,
      `has a key that is no name: ${JSON.stringify(text.slice(0, 40))}`,
      `a key is one line of at most ${longestKey} characters`,
    );
  return text;
}

const wrong = ({ name, at }: Each, what: string, hint: string): PlaybookError =>
  new PlaybookError(`'${name}' ${what}`, { at, hint });

/** @throws PlaybookError for what cannot stand in the steps of an item */
export function refuseInEach(step: Declared): void {
  const refusal = refusalOf(step);
  if (!refusal) return;
  const [what, hint] = refusal;
  throw new PlaybookError(`'${step.name}': ${what} within each()`, { at: step.at, hint });
}

function refusalOf(step: Declared): readonly [string, string] | undefined {
  if (step.kind === 'role')
    return [
      'a role',
      'its variables are checked before the run: give it the items, and let it have the each()',
    ];
  if (step.kind === 'flush') return ['flushHandlers()', 'put it behind the each()'];
  if (step.kind === 'handler')
    return ['a handler is declared', 'declare it before, and let the each() notify it'];
  return refusedOption(step);
}

function refusedOption({
  options,
}: Exclude<Step, { kind: 'role' | 'flush' }>): readonly [string, string] | undefined {
  if (options.tags !== undefined)
    return ['tags', 'what a tag selects is known before the run: give them to the each()'];
  if ('notify' in options && options.notify !== undefined)
    return ['notify', 'give it to the each(): all its steps notify'];
  if (options.runOnce)
    return [
      'runOnce',
      'hosts may have other items: give it to the each(), which one host then does',
    ];
  if ('rolling' in options && options.rolling !== undefined)
    return ['rolling', 'put a rolling block around the each()'];
  return undefined;
}
