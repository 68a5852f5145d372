import { describe, expect, it, vi } from 'vitest';
import { block } from '../../../engine/dsl/declare.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import type { Task } from '../../../engine/dsl/task.ts';
import { StepOrder } from '../../../engine/run/order/step-order.ts';
import { fleet } from '../harness.ts';
import { append, logOf, playOf, shell } from '../steps.ts';

const tell = (task: Task<{ readonly stdout: string }>) =>
  debug('tell', { message: (run) => run.result(task).stdout });

describe('runOnce', () => {
  it('gives its result to hosts whose own condition is false', async () => {
    const on = await fleet();
    const ran = await on.run(
      playOf(function* (host) {
        const token = shell('token', `echo ${host}`, { runOnce: true, when: () => host === 'b' });
        yield* [token, tell(token)];
      }),
    );
    const notes = ['a', 'b', 'c'].map((host) => ran.end(host, 'tell').notes);
    expect(notes).toEqual([['b'], ['b'], ['b']]);
    expect(ran.lines.filter((line) => line.includes('token'))).toEqual(['b token: changed']);
  });

  it('is skipped by all when no condition holds', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(() => [shell('token', 'true', { runOnce: true, when: () => false })]),
    );
    expect(ran.lines.toSorted()).toEqual(['a token: skipped', 'b token: skipped']);
  });

  it('is done by the next host when the first cannot be reached', async () => {
    const on = await fleet();
    on.link('a', { refuse: 'gone' });
    const ran = await on.run(
      playOf((host) => [append(on, 'token', host, { runOnce: true }), append(on, 'after', 'x')]),
    );
    expect(await logOf(on)).toEqual(['b', 'x', 'x']);
    expect(ran.exitCode).toBe(4);
  });

  it('that fails fails the hosts that wait for it', async () => {
    const on = await fleet();
    const ran = await on.run(
      playOf(() => [shell('token', 'exit 1', { runOnce: true }), append(on, 'after', 'x')]),
    );
    expect(ran.end('c', 'token').failure?.message).toBe(
      "'token' failed on a, which ran it for all hosts (runOnce)",
    );
    expect(await logOf(on)).toEqual([]);
    expect(ran.exitCode).toBe(2);
  });

  it('runs once per play under serial, and once per batch where it says so', async () => {
    const on = await fleet(['a', 'b', 'c', 'd']);
    const each = command(
      'each',
      { argv: (run) => ['echo', run.host] },
      { runOnce: { perBatch: true } },
    );
    const ran = await on.run([
      playOf((host) => [append(on, 'once', `once ${host}`, { runOnce: true }), each], {
        serial: 2,
      }),
      playOf(() => [tell(each)], { name: 'next' }),
    ]);
    expect(await logOf(on)).toEqual(['once a']);
    const notes = ['a', 'b', 'c', 'd'].map((host) => ran.end(host, 'tell').notes[0]);
    expect(notes).toEqual(['a', 'a', 'c', 'c']);
  });

  it('in check is unknown for all who read it', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(function* () {
        const token = shell('token', 'true', { runOnce: true });
        yield* [token, tell(token)];
      }),
      { check: true },
    );
    expect(ran.lines.toSorted()).toEqual([
      'a tell: unknown',
      'a token: unknown',
      'b tell: unknown',
    ]);
    expect(ran.end('b', 'tell').because).toBe("'token'");
  });

  it('waits for nobody in a free play but for those who may come to it', async () => {
    const on = await fleet(['a', 'b', 'c']);
    on.link('c', { delay: 30 });
    await on.run(
      playOf((host) => [append(on, 'one', 'one'), append(on, 'two', host, { runOnce: true })], {
        strategy: 'free',
      }),
    );
    expect(await logOf(on)).toEqual(['one', 'one', 'one', 'a']);
  });
});

describe('on', () => {
  it('goes to the first host of a group that can be reached, and says where', async () => {
    const on = await fleet(['a', 'b', 'c']);
    on.link('a', { refuse: 'gone' });
    const ran = await on.run(
      playOf(() => [shell('where', 'true', { on: (run) => run.firstReachable('web') })], {
        hosts: 'c',
      }),
      { limit: 'c' },
    );
    expect(ran.exitCode).toBe(0);
    expect(ran.end('c', 'where').on).toBe('b');
    expect(ran.recap('a')?.unreachable ?? false).toBe(false);
  });

  it('a host of a group that cannot be reached fails the step, not the host’s connection', async () => {
    const on = await fleet(['a', 'b']);
    on.link('a', { refuse: 'gone' });
    const ran = await on.run(
      playOf(() => [shell('where', 'true', { on: (run) => run.firstReachable('a') })], {
        hosts: 'b',
      }),
    );
    expect(ran.exitCode).toBe(2);
    expect(ran.end('b', 'where').failure?.message).toBe("no host of 'a' is reachable");
  });

  it('a host that is not in the inventory fails the step with its name', async () => {
    const on = await fleet(['alpha']);
    const ran = await on.run(playOf(() => [shell('where', 'true', { on: () => 'alpa' })]));
    expect(ran.end('alpha', 'where').failure?.message).toContain('alpa');
    expect(ran.exitCode).toBe(2);
  });
});

describe('a runOnce step that fails', () => {
  const failing = { runOnce: true, ignoreErrors: true } as const;

  it('and is ignored keeps its result for all hosts', async () => {
    const on = await fleet();
    const ran = await on.run(
      playOf(function* (host) {
        const there = shell('there', 'echo no; exit 3', {
          ...failing,
          when: () => host !== 'c',
        });
        yield there;
        yield append(on, 'join', `join ${host}`, { when: (run) => run.result(there).code === 3 });
      }),
    );
    expect((await logOf(on)).toSorted()).toEqual(['join a', 'join b', 'join c']);
    expect(ran.lines.filter((line) => line.includes('there'))).toHaveLength(2);
    expect(ran.exitCode).toBe(0);
  });

  it('and is rescued keeps its result for all hosts', async () => {
    const on = await fleet(['a', 'b']);
    const ran = await on.run(
      playOf(function* () {
        const there = shell('there', 'exit 5', { runOnce: true });
        const tell = debug('tell', { message: (run) => `${run.tryResult(there)?.code}` });
        yield block('b', { tasks: [there], rescue: [tell] });
      }),
    );
    expect(['a', 'b'].map((host) => ran.end(host, 'tell').notes[0])).toEqual(['5', '5']);
  });

  it('is done by the next one where the first is lost and rescued: nobody waits for it', async () => {
    const on = await fleet();
    on.link('a', { refuse: 'gone' });
    const ran = await on.run(
      playOf((host) => [
        block('b', {
          tasks: [append(on, 'token', `token ${host}`, { runOnce: true })],
          rescue: [debug('saved', { message: 'saved' })],
        }),
        append(on, 'after', `after ${host}`, { when: () => host !== 'a' }),
      ]),
    );
    expect((await logOf(on))[0]).toBe('token b');
    expect(ran.outcome('a', 'saved')).toBe('ok');
    expect(ran.exitCode).toBe(0);
  });
});

describe('dead hosts before the one that does a runOnce step', () => {
  it('are tried at the same time, not one after another', async () => {
    const on = await fleet(['a', 'b', 'c', 'd']);
    const times: number[] = [];
    for (const host of ['a', 'b', 'c']) {
      on.link(host, {
        refuse: 'gone',
        get delay() {
          times.push(Date.now());
          return 400;
        },
      });
    }
    const steps = (host: string) => [append(on, 'token', host, { runOnce: true })];
    const alone = await on.run(playOf(steps));
    expect(alone.exitCode).toBe(4);
    expect(await logOf(on)).toEqual(['d']);
    // The first is tried by itself, the others when it is found dead.
    const [, second = 0, third = 0] = times;
    expect(times).toHaveLength(3);
    expect(third - second).toBeLessThan(400);
    times.length = 0;
    await on.run(playOf((host) => [...steps(host), append(on, 'after', host)]));
    expect(times).toHaveLength(3);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(400);
  });
});

describe('what a runOnce step costs the controller', () => {
  it.each(['linear', 'free'] as const)(
    'grows with the hosts, not with their square (%s)',
    async (strategy) => {
      const looks: number[] = [];
      for (const count of [500, 1000]) {
        const hosts = Array.from({ length: count }, (_, index) => `h${index}`);
        const on = await fleet(hosts);
        const left = vi.spyOn(StepOrder.prototype, 'leave');
        const ran = await on.run(
          playOf(
            function* () {
              const once = debug('once', { message: 'once' }, { runOnce: true });
              yield once;
              yield debug('first', { message: 'x' });
            },
            { strategy },
          ),
          { forks: 10 },
        );
        expect(ran.ends.filter((end) => end.step.name === 'once')).toHaveLength(1);
        const [stepOrder] = left.mock.contexts;
        looks.push(stepOrder instanceof StepOrder ? stepOrder.looks : 0);
        left.mockRestore();
      }
      const [few = 0, many = 0] = looks;
      expect(many).toBeLessThan(10 * 1000);
      expect(many).toBeLessThan(2.5 * few);
    },
  );
});
