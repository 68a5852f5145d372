import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { choose, flushHandlers, handler } from '../../../engine/dsl/declare.ts';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import { same } from '../../../engine/module/plan.ts';
import {
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
} from '../../../engine/module/reader.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { fleet } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

/** Answers a number with the next one. */
const next = defineReader<number, number>({
  name: 'next',
  script: (keys) => `for n in ${keys.join(' ')}; do echo $((n + 1)); done`,
  parse: ({ stdout }, keys): Answer<number>[] =>
    keys.map((_, index) => value(Number(stdout.toString().split('\n')[index]))),
});

/** Counts from 1 as far as it is told, one question after the other. */
const counting = defineModule({
  name: 'counting',
  summary: 'Counts.',
  args: z.strictObject({ to: z.number() }),
  example: `counting('c', { to: 3 })`,
  reads(want, known) {
    const reads: Record<string, Read<number>> = {};
    for (let n = 1; n < want.to;) {
      const read = next(n);
      reads[`after ${n}`] = read;
      const answer = known.get(read);
      if (answer?.answer !== 'value') break;
      n = answer.value;
    }
    return reads;
  },
  plan: (_, is) => same({ count: Object.keys(is).length }),
});

const locked = defineReader<string, string>({
  name: 'locked',
  script: () => ':',
  parse: (_, keys): Answer<string>[] => keys.map(() => denied('permission denied')),
});

const locking = defineModule({
  name: 'locking',
  summary: 'Reads what it may not.',
  args: z.strictObject({}),
  example: `locking('l', {})`,
  reads: () => ({ it: locked('/etc/shadow') }),
  plan: () => same({}),
});

describe('reads', () => {
  it('that depend on answers are asked in further rounds', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(playOf(() => [counting('three', { to: 4 })]));
    expect(ran.end('a', 'three').result).toMatchObject({ count: 3 });
  });

  it('that do not come to an end fail the step', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(playOf(() => [counting('endless', { to: 1000 })]));
    expect(ran.end('a', 'endless').failure?.message).toBe('its reads never settle');
  });

  it('that are denied fail the step at its turn, name the thing and say what to do', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [debug('before', { message: 'x' }), locking('secret', {})]),
    );
    expect(ran.outcome('a', 'before')).toBe('ok');
    expect(ran.end('a', 'secret').failure).toMatchObject({
      message: 'locked /etc/shadow is not readable: permission denied',
      hint: 'set become',
    });
  });
});

describe('a query ahead of its turn', () => {
  const counted = (path: string, rest: string) => ['sh', '-c', `echo x >> ${path}; ${rest}`];

  it('that takes longer than 2 s is ended, and asked again at its turn', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        query('first', { argv: ['true'] }),
        query('slow', { argv: counted(on.path('log'), 'sleep 4; echo done') }),
      ]),
    );
    expect(ran.end('a', 'slow').result).toMatchObject({ stdout: 'done' });
    expect(await logOf(on)).toHaveLength(2);
  });

  it('runs only where its condition is known to be true', async () => {
    const on = await fleet(['a']);
    await on.run(
      playOf(function* () {
        const first = shell('first', 'echo no');
        yield copy('before', { content: 'x', dest: on.path('before') });
        yield first;
        yield query(
          'later',
          { argv: counted(on.path('log'), 'true') },
          { when: (run) => run.result(first).stdout === 'yes' },
        );
      }),
    );
    expect(await logOf(on)).toEqual([]);
  });
});

describe('facts', () => {
  it('come with the first round trip', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [
        query('first', { argv: ['true'] }),
        debug('tell', { message: (run) => `${run.facts.cpus > 0}` }),
      ]),
    );
    expect(ran.end('a', 'tell').notes).toEqual(['true']);
    expect(ran.trips('a')).toBe(1);
  });

  it('are left alone where the play says so, until a step looks at them', async () => {
    const on = await fleet(['a']);
    const looking = defineModule({
      name: 'looking',
      summary: 'Looks at facts.',
      args: z.strictObject({}),
      example: `looking('l', {})`,
      plan: (_, __, context) => same({ cpus: context.facts.cpus }),
    });
    const ran = await on.run(
      playOf(() => [query('first', { argv: ['true'] }), looking('then', {})], {
        gatherFacts: false,
      }),
    );
    expect(ran.end('a', 'then').result).toMatchObject({ cpus: expect.any(Number) as number });
    expect(ran.trips('a')).toBe(2);
  });

  it('are not gathered at all where nobody looks', async () => {
    const on = await fleet(['a', 'b']);
    const link = on.link('b', {});
    const ran = await on.run([
      playOf((host) => (host === 'a' ? [query('q', { argv: ['true'] })] : []), {
        gatherFacts: false,
      }),
    ]);
    expect(ran.exitCode).toBe(0);
    expect(link.opened ?? 0).toBe(0);
  });
});

describe('flushHandlers', () => {
  it('in a branch that is not taken flushes nothing', async () => {
    const on = await fleet(['a']);
    await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield append(on, 'x', 'x', { notify: bang });
        yield choose('never', (run) => (run.facts.cpus > 0 ? 'no' : 'yes'), {
          yes: [flushHandlers()],
        });
        yield append(on, 'y', 'y');
      }),
    );
    expect(await logOf(on)).toEqual(['x', 'y', 'bang']);
  });
});
