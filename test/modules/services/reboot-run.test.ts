import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { play } from '../../../engine/dsl/declare.ts';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { action } from '../../../engine/module/plan.ts';
import { shell } from '../../../engine/modules/commands/shell.ts';
import { text, type TextValue } from '../../../engine/readers/files/text.ts';
import { rawScript } from '../../../engine/shell/script.ts';
import { fleet } from '../../run/harness.ts';

/** A restart as `reboot` plans it, of a host whose boot id is a file of the test. */
const restart = defineModule({
  name: 'restart',
  summary: 'Restarts a host of the test.',
  kind: 'action',
  args: z.strictObject({ path: z.string(), within: z.number(), code: z.number().default(0) }),
  example: '',
  plan: ({ path, within, code }) =>
    action({
      script: rawScript(`exit ${code}`),
      result: () => ({}),
      reboots: { within },
      until: {
        atMost: within,
        reads: [text(path)],
        missing: ([now]) =>
          now?.answer === 'value' && isNew(now.value as TextValue)
            ? undefined
            : 'it is still in its old boot',
      },
    }),
});

const isNew = (value: TextValue) => value.kind === 'text' && value.bytes.includes('new');

const site = (path: string, within: number, code = 0) =>
  play({
    name: 'site',
    hosts: 'web',
    *tasks() {
      yield restart('restart', { path, within, code });
      yield shell('afterwards', { script: 'printf back' });
    },
  });

test('a host that goes away after the step and comes back late is waited for', async () => {
  const on = await fleet(['a']);
  const path = on.path('boot');
  await writeFile(path, 'old');
  const link = on.link('a', {});
  const down = setTimeout(() => {
    link.refuse = 'it boots';
    link.cutAfterDown = 0;
  }, 1500);
  const up = setTimeout(() => {
    delete link.refuse;
    delete link.cutAfterDown;
    void writeFile(path, 'new');
  }, 8000);
  const ran = await on.run(site(path, 60));
  clearTimeout(down);
  clearTimeout(up);
  expect(ran.lines).toEqual(['a restart: changed', 'a afterwards: changed']);
  expect(link.opened).toBeGreaterThan(1);
}, 60_000);

test('a host that stays in its old boot fails the step', async () => {
  const on = await fleet(['a']);
  const path = on.path('boot');
  await writeFile(path, 'old');
  const ran = await on.run(site(path, 1));
  expect(ran.end('a', 'restart').failure?.message).toContain('it is still in its old boot');
}, 60_000);

test('a restart that could not start is not waited for', async () => {
  const on = await fleet(['a']);
  const path = on.path('boot');
  await writeFile(path, 'old');
  const ran = await on.run(site(path, 600, 3));
  expect(ran.end('a', 'restart')).toMatchObject({ outcome: 'failed', failure: { code: 3 } });
}, 60_000);
