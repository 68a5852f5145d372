import { expect, it } from 'vitest';
import { z } from 'zod';
import { block, handler, play, role } from '../../engine/dsl/declare.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { selectSteps } from '../../engine/plan/select.ts';
import { collect, inventoryOf } from './inventory.ts';

const many = role({
  name: 'many',
  vars: z.strictObject({ size: z.number().default(3) }),
  *tasks({ host, vars }) {
    const restart = handler(command('restart', { argv: ['true'] }));
    for (let index = 0; index < 15; index += 1) {
      const content = `${host.name} ${vars.size}`;
      yield copy(`file ${index}`, { content, dest: `/x/${index}` }, { notify: restart });
    }
    const inner = Array.from({ length: 5 }, (_, index) =>
      copy(`inner ${index}`, { content: (run) => run.facts.hostname, dest: `/y/${index}` }),
    );
    yield block('inner', { tasks: inner, always: [] }, { tags: ['inner'] });
  },
});

it('collects 20 tasks for each of 1,000 hosts', { timeout: 120_000 }, async ({ task }) => {
  const inventory = await inventoryOf('web:\n  hosts:\n    n[0001:1000]:\n');
  const start = performance.now();
  const plans = collect(play({ name: 'site', hosts: 'web', roles: [many] }), inventory);
  selectSteps(plans, { tags: [], skipTags: [], startAtTask: 'inner 2' });
  const took = Math.round(performance.now() - start);
  process.stdout.write(`${task.name}: ${took} ms\n`);
  expect(plans[0]?.hosts).toHaveLength(1000);
  expect(plans[0]?.order).toHaveLength(21);
});
