import { describe, expect, it } from 'vitest';
import type { Options } from '../../engine/dsl/task.ts';
import { flow, noOptions } from '../../engine/plan/flow.ts';

const flowed = (...levels: readonly Options[]) => levels.reduce(flow, noOptions);

describe('options that flow down', () => {
  it('hide what is below: nothing within a secret play is shown again', () => {
    expect(flowed({ secret: true }, { secret: false }).secret).toBe(true);
    expect(flowed({ secret: false }, { secret: true }).secret).toBe(true);
    expect(flowed({}, { secret: false }).secret).toBe(false);
  });

  it('add up as tags, each once, and hold together as conditions', () => {
    const conditions = [() => true, () => false] as const;
    const both = flowed(
      { tags: ['a', 'b'], when: conditions[0] },
      { tags: ['b', 'c'], when: [conditions[1]] },
    );
    expect(both.tags).toEqual(['a', 'b', 'c']);
    expect(both.when).toEqual(conditions);
  });

  it('take the innermost of what can be one thing only, a false one too', () => {
    const outer = { become: true, ignoreErrors: true, timeout: 5, runOnce: true, on: 'a' };
    const inner = { become: false, ignoreErrors: false, timeout: 9, runOnce: false, on: 'b' };
    expect(flowed(outer, inner)).toMatchObject(inner);
    expect(flowed(outer, {})).toMatchObject(outer);
  });

  it('add to the environment, the innermost value of a name winning', () => {
    const both = flowed({ environment: { A: '1', B: '1' } }, { environment: { B: '2' } });
    expect(both.environment).toEqual({ A: '1', B: '2' });
  });

  it('let the smallest throttle hold', () => {
    expect(flowed({ throttle: 2 }, { throttle: 5 }).throttle).toBe(2);
    expect(flowed({ throttle: 5 }, { throttle: 2 }).throttle).toBe(2);
    expect(flowed({ throttle: 5 }, {}).throttle).toBe(5);
    expect(flowed({}, { throttle: 3 }).throttle).toBe(3);
  });
});
