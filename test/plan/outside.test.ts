import { expect, test } from 'vitest';
import { play, playbook } from '../../engine/dsl/declare.ts';
import { variableValidator } from '../../engine/inventory/variables/validator.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { collectPlaybook } from '../../engine/plan/collect.ts';
import { namesOf, threeHosts } from './inventory.ts';

const book = playbook([
  play({
    name: 'site',
    hosts: 'web',
    *tasks({ outside }) {
      for (const { name } of outside) yield debug(`tell ${name}`, { message: name }, { on: name });
      yield debug('here', { message: '' });
    },
  }),
]);

test.each([
  { limit: undefined, steps: ['here'] },
  { limit: new Set(['a', 'b', 'c']), steps: ['here'] },
  { limit: new Set(['b']), steps: ['tell a', 'tell c', 'here'] },
])('a role is told which hosts the limit leaves out: $limit', async ({ limit, steps }) => {
  const inventory = await threeHosts();
  const [plan] = collectPlaybook(book, inventory, {
    variables: variableValidator(inventory),
    limit,
  });
  expect(namesOf(plan, 'b')).toEqual(steps);
});
