/** The time zone of the host. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import type { Alteration } from '../../module/alteration.ts';
import { change, predict, same, type Plan } from '../../module/plan.ts';
import { value } from '../../module/reader.ts';
import { timezone as readTimezone, type Timezone } from '../../readers/system/timezone.ts';
import { contentOf } from '../../shell/content.ts';
import { writeFile } from '../shared/write-file.ts';

const args = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z][A-Za-z0-9_+-]*)*$/,
      'is not the name of a time zone',
    )
    .describe("name of the zone, as in 'Europe/Berlin' or 'UTC'"),
});
type Want = z.output<typeof args>;

export interface TimezoneResult {
  readonly timezone: string;
}

export const timezone = defineModule({
  name: 'timezone',
  summary: 'Sets the time zone of the host.',
  args,
  example: `timezone('local time', { name: 'Europe/Berlin' });`,
  returns: { timezone: 'name of the zone' },
  reads: (want: Want) => ({ now: readTimezone(want.name) }),
  plan(want: Want, is): Plan<TimezoneResult> {
    const result = { timezone: want.name };
    if (is.now === undefined) {
      throw new StepError(`there is no time zone ${want.name} on the host`, {
        hint: 'check the name; small systems need the package tzdata first',
      });
    }
    const wrong = differences(want.name, is.now);
    if (wrong.length === 0) return same(result);
    return change({
      differences: wrong,
      alters: setZone(want.name, is.now),
      after: [
        predict(
          readTimezone(want.name),
          value({ zone: want.name, file: is.now.file === undefined ? undefined : want.name }),
        ),
      ],
      invalidates: { paths: ['/etc/localtime', '/etc/timezone'], readers: ['timezone'] },
      result,
    });
  },
});

const differences = (name: string, now: Timezone) => [
  ...(now.zone === name ? [] : [{ what: 'time zone', from: now.zone || 'unnamed', to: name }]),
  ...(now.file === undefined || now.file === name
    ? []
    : [{ what: '/etc/timezone', from: now.file, to: name }]),
];

/** The link is replaced by a rename: at no moment is there none. */
function setZone(name: string, now: Timezone): readonly Alteration[] {
  const zone = `/usr/share/zoneinfo/${name}`;
  const link = { kind: 'link', path: '/etc/localtime', target: zone, hard: false } as const;
  if (now.file === undefined) return [link];
  const content = contentOf(`${name}\n`);
  const write = writeFile(
    { path: '/etc/timezone', content, mode: '0644', unsafeWrites: true },
    undefined,
  );
  return [link, write];
}
