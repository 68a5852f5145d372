import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { block, play, role } from '../../../engine/dsl/declare.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { query } from '../../../engine/modules/commands/query.ts';
import { fleet } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

describe('tryResult', () => {
  it('is undefined of what was skipped, and the result of what failed', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(function* () {
        const skipped = shell('skipped', 'true', { when: () => false });
        const failed = shell('failed', 'exit 3', { ignoreErrors: true });
        yield* [skipped, failed];
        yield debug('tell', {
          message: (run) => `${run.tryResult(skipped)?.code} ${run.tryResult(failed)?.code}`,
        });
      }),
    );
    expect(ran.end('a', 'tell').notes).toEqual(['undefined 3']);
  });

  it('leaves its reader unknown in check where nobody knows the answer', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(function* () {
        const look = query('look', { argv: ['cat', on.path('conf')] }, { ignoreErrors: true });
        yield copy('conf', { content: 'x', dest: on.path('conf') });
        yield look;
        yield debug('tell', { message: (run) => run.tryResult(look)?.stdout ?? 'nothing' });
        yield copy('told', {
          content: 'x',
          dest: (run) => on.path(run.tryResult(look) ? 'conf' : 'other'),
        });
      }),
      { check: true },
    );
    expect(ran.lines).toEqual([
      'a conf: changed',
      'a look: skipped',
      'a tell: unknown',
      'a told: unknown',
    ]);
  });
});

describe('the result of a step that is not selected', () => {
  const site = (read: 'query' | 'action' | 'state', path: string) =>
    play({
      name: 'site',
      hosts: 'web',
      *tasks() {
        const look = query('look', { argv: ['echo', 'seen'] }, { tags: ['look'] });
        const make = command('make', { argv: ['echo', 'made'] }, { tags: ['make'] });
        const conf = copy('conf', { content: 'x', dest: path }, { tags: ['conf'] });
        const source = { query: look, action: make, state: conf }[read];
        yield* [look, make, conf];
        yield debug(
          'tell',
          // Behind a fact, so that it shows only in the run.
          { message: (run) => `${run.facts.cpus > 0 && run.result<object>(source).changed}` },
          { tags: ['tell'] },
        );
      },
    });

  it('is asked when it is a query', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(site('query', on.path('conf')), { tags: ['tell'] });
    expect(ran.lines).toEqual(['a look: ok', 'a tell: ok']);
  });

  it('fails its reader when it is an action, and names the tag', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(site('action', on.path('conf')), { tags: ['tell'] });
    expect(ran.end('a', 'tell').failure).toMatchObject({
      message: "'tell' reads the result of 'make', which is not selected",
      hint: 'add --tags make',
    });
  });

  it('changes nothing: a state that is not yet so fails its reader, one that is so does not', async () => {
    const on = await fleet(['a']);
    const path = on.path('conf');
    const early = await on.run(site('state', path), { tags: ['tell'] });
    expect(early.outcome('a', 'conf')).toBe('failed');
    await expect(on.read('conf')).rejects.toThrow('ENOENT');
    await on.run(site('state', path), { tags: ['conf'] });
    const late = await on.run(site('state', path), { tags: ['tell'] });
    expect(late.lines).toEqual(['a conf: ok', 'a tell: ok']);
  });

  it('is judged as always: an until that a query has is waited for', async () => {
    const on = await fleet(['a']);
    const count = `echo x >> ${on.path('n')}; grep -c x ${on.path('n')}`;
    const ran = await on.run(
      playOf(function* () {
        const look = query(
          'look',
          { argv: ['sh', '-c', count] },
          { retries: 5, delay: 0, until: (result) => result.stdout === '3' },
        );
        yield look;
        yield debug('tell', { message: (run) => run.result(look).stdout }, { tags: ['tell'] });
      }),
      { tags: ['tell'] },
    );
    expect(ran.end('a', 'tell').notes).toEqual(['3']);
  });
});

describe('a task of another role', () => {
  it('gives its result: results are found by id', async () => {
    const on = await fleet(['a']);
    const word = command('word', { argv: ['echo', 'hello'] });
    const of = (name: string, tasks: () => Iterable<ReturnType<typeof debug> | typeof word>) =>
      role({ name, vars: z.strictObject({}), tasks });
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        roles: [
          of('one', () => [word]),
          of('two', () => [debug('tell', { message: (run) => run.result(word).stdout })]),
        ],
      }),
    );
    expect(ran.end('a', 'tell').notes).toEqual(['hello']);
  });
});

describe('results and facts of other hosts', () => {
  it('are waited for', async () => {
    const on = await fleet(['a', 'b']);
    on.link('b', { delay: 40 });
    const ran = await on.run(
      playOf(function* (host) {
        const name = shell('name', `echo ${host}`);
        yield name;
        yield debug('tell', {
          message: (run) => `${run.resultOf('b', name).stdout} ${run.factsOf('b').cpus > 0}`,
        });
      }),
    );
    expect(ran.end('a', 'tell').notes).toEqual(['b true']);
  });

  it.each(['linear', 'free'] as const)(
    'that wait for each other are an error, not a run without end (%s)',
    async (strategy) => {
      const on = await fleet(['a', 'b']);
      const ran = await on.run(
        playOf(
          function* (host) {
            const later = shell('later', 'true');
            const other = host === 'a' ? 'b' : 'a';
            yield debug('asks', { message: (run) => run.resultOf(other, later).stdout });
            yield later;
          },
          { strategy },
        ),
      );
      expect(ran.exitCode).toBe(2);
      const failures = ['a', 'b'].map((host) => ran.end(host, 'asks').failure);
      expect(failures[0]).toMatchObject({
        message: "waits for 'later' of b, which waits for this host",
        hint: expect.stringMatching(/a, b wait for each other/) as string,
      });
      expect(failures[1]?.message).toBe("a has no result of 'later'");
    },
  );

  it('within a throttled block that the other waits for are an error too', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(function* (host) {
        const made = shell('made', `echo ${host}`);
        const other = host === 'a' ? 'b' : 'a';
        const asks = debug('asks', { message: (run) => run.resultOf(other, made).stdout });
        yield block('roll', { tasks: [made, asks] }, { throttle: 1 });
      }),
    );
    expect(ran.end('a', 'asks').failure?.message).toMatch(/^waits for 'made' of b/);
    expect(ran.outcome('b', 'made')).toBe('changed');
  });

  it('outside the run are unknown in check, and an error with a name otherwise', async () => {
    const on = await fleet(['a', 'b']);
    const site = playOf(() => [debug('tell', { message: (run) => run.factsOf('b').hostname })]);
    const checked = await on.run(site, { limit: 'a', check: true });
    expect(checked.end('a', 'tell')).toMatchObject({
      outcome: 'unknown',
      because: 'facts of b, which is outside this run',
    });
    const ran = await on.run(site, { limit: 'a' });
    expect(ran.end('a', 'tell').failure?.message).toBe(
      'nothing is known of facts of b, which is outside this run',
    );
  });

  it('of a step that they do not have is an error at once', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(function* (host) {
        if (host === 'a') {
          const only = append(on, 'only', 'x');
          yield only;
          yield debug('tell', { message: (run) => run.resultOf('b', only).stdout });
        }
      }),
    );
    expect(ran.end('a', 'tell').failure?.message).toBe("b has no result of 'only'");
    expect(await logOf(on)).toEqual(['x']);
  });
});
