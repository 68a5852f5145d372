/** Whether something that one may wait for holds now, and what was seen. */
import {
  defineReader,
  denied,
  value,
  type Answer,
  type ReaderOutput,
} from '../../module/reader.ts';
import { conditionCheck, conditionFunctions, type Condition } from './condition-script.ts';

export type { Condition } from './condition-script.ts';

export interface ConditionValue {
  readonly holds: boolean;
  /** For people. */
  readonly saw: string;
}

/** A port, file, unit, process or http answer; others than the host may change it. */
export const condition = defineReader<Condition, ConditionValue>({
  name: 'condition',
  scope: 'shared',
  last: true,
  script: (keys, mark) =>
    [conditionFunctions(keys), ...keys.map((key) => ask(key, mark))].join('\n'),
  parse,
  dependsOnEverything: () => true,
});

function ask(key: Condition, mark: string): string {
  return `code=0
saw=$(${conditionCheck(key)}) || code=$?
printf '%s\\n%s %s\\n' "$saw" ${mark} "$code"`;
}

function parse(output: ReaderOutput, keys: readonly Condition[], mark: string) {
  const parts = output.stdout.toString().split(new RegExp(`\\n${mark} (\\d+)\\n`));
  return keys.map((_, index): Answer<ConditionValue> => {
    const saw = parts[2 * index]?.trim();
    const code = parts[2 * index + 1];
    if (saw === undefined || code === undefined) throw new Error(`answer ${index} is missing`);
    if (code === '0' || code === '1') return value({ holds: code === '0', saw });
    return denied(saw);
  });
}
