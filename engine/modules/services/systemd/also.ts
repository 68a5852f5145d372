/** Units that are enabled by enabling others: `Also=` in the section [Install] of an indirect unit. */
import type { Known } from '../../../module/module.ts';
import { predict, type Prediction } from '../../../module/plan.ts';
import { value, type Read } from '../../../module/reader.ts';
import { text, type TextValue } from '../../../readers/files/text.ts';
import { unit, type Unit, type UnitScope } from '../../../readers/services/unit.ts';

export type AlsoReads = {
  readonly source?: Read<TextValue>;
  readonly [name: `also ${string}`]: Read<Unit>;
};

/** What to ask besides of a unit that is to be enabled or disabled, and is indirect. */
export function alsoReads(own: Read<Unit>, scope: UnitScope, known: Known): AlsoReads {
  const is = known.get(own);
  if (is?.answer !== 'value' || is.value.unitFileState !== 'indirect') return {};
  if (is.value.fragmentPath === '') return {};
  const source = text(is.value.fragmentPath);
  const answer = known.get(source);
  const held =
    answer?.answer === 'value' && answer.value.kind === 'text' ? answer.value : undefined;
  const names = held ? namesIn(held.bytes.toString('utf8')) : [];
  return {
    source,
    ...Object.fromEntries(names.map((name) => [`also ${name}`, unit(name, scope)])),
  };
}

/** What an instance is called only systemd can say. */
const namesIn = (file: string): readonly string[] =>
  [...file.matchAll(/^Also=(.*)$/gm)]
    .flatMap(([, names = '']) => names.split(/\s+/))
    .filter((name) => name !== '' && !/[%@]/.test(name));

/** The units that it enables, out of the values of its reads. */
export const alsoIn = (is: {
  readonly [name: `also ${string}`]: Unit | undefined;
}): readonly Unit[] =>
  Object.entries(is).flatMap(([name, one]) =>
    name.startsWith('also ') && one !== undefined ? [one] : [],
  );

export const predictAlso = (
  also: readonly Unit[],
  enabled: boolean,
  scope: UnitScope,
): readonly Prediction[] =>
  also.map((one) =>
    predict(
      unit(one.id, scope),
      value({ ...one, unitFileState: enabled ? 'enabled' : 'disabled' }),
    ),
  );
