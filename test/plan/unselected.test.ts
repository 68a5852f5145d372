import { describe, expect, it } from 'vitest';
import { play } from '../../engine/dsl/declare.ts';
import type { Run } from '../../engine/dsl/task.ts';
import { UsageError, type PlayError } from '../../engine/errors.ts';
import { command } from '../../engine/modules/commands/command.ts';
import { debug } from '../../engine/modules/control/debug.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { selectSteps } from '../../engine/plan/select.ts';
import { collect, namesOf, refusal, threeHosts } from './inventory.ts';

const make = command('make', { argv: ['true'] }, { tags: ['made'] });
const look = query('look', { argv: ['true'] }, { tags: ['looked'] });

const reading = (message: (run: Run) => string) =>
  play({
    name: 'site',
    hosts: 'web',
    tasks: () => [make, look, debug('tell', { message }, { tags: ['told'] })],
  });

async function selecting(message: (run: Run) => string) {
  const plans = collect(reading(message), await threeHosts());
  const select = () => selectSteps(plans, { tags: ['told'], skipTags: [], startAtTask: undefined });
  return { select };
}

describe('a selected step that reads the result of an unselected', () => {
  it('action is refused before anything connects, with the tag to add', async () => {
    const { select } = await selecting((run) => run.result(make).stdout);
    const error = refusal(select);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe("'tell' reads the result of 'make', which is not selected");
    expect((error as PlayError).hint).toBe('add --tags made');
    expect((error as PlayError).at?.file).toMatch(/unselected\.test\.ts$/);
  });

  it('query is not', async () => {
    const { select } = await selecting((run) => run.result(look).stdout);
    expect(namesOf(select()[0])).toEqual(['tell']);
  });

  it('action is not where it can do without', async () => {
    const { select } = await selecting((run) => run.tryResult(make)?.stdout ?? 'none');
    expect(select).not.toThrow();
  });
});
