import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { block, handler } from '../../../engine/dsl/declare.ts';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import type { Handler, Step } from '../../../engine/dsl/task.ts';
import { change, same } from '../../../engine/module/plan.ts';
import { command } from '../../../engine/modules/commands/command.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/readers/files/file.ts';
import { sh } from '../../../engine/shell/script.ts';
import { fleet, type Fleet } from '../harness.ts';
import { append, logOf, pendingIn, playOf, shell } from '../steps.ts';

/** Makes a file, and is content only once another one is there too. */
const both = defineModule({
  name: 'both',
  summary: 'A change that does not reach what it wants.',
  args: z.strictObject({
    path: z.string().describe('made'),
    other: z.string().describe('awaited'),
  }),
  example: `both('x', { path: '/a', other: '/b' })`,
  returns: {},
  reads: ({ path, other }) => ({
    one: file({ path, follow: false, digest: false }),
    two: file({ path: other, follow: false, digest: false }),
  }),
  plan: ({ path }, { one, two }) => {
    if (one && two) return same({});
    const differences = [{ what: 'files', from: 'no', to: 'yes' }];
    return change({ script: sh`: >${path}`, differences, after: [], result: {} });
  },
});

const making = (on: Fleet, name: string, script: string, options: object) =>
  command(
    name,
    { argv: ['sh', '-c', `: > ${on.path('cert')}; ${script}`], creates: on.path('cert') },
    options,
  );

/** Runs a play of a step that notifies `bang` twice; what stands in the way is made in between. */
async function twice(step: (on: Fleet, bang: Handler) => Step, hosts = ['a']) {
  const on = await fleet(hosts);
  const site = playOf(function* () {
    yield step(on, handler(append(on, 'bang', 'bang')));
  });
  const first = await on.run(site);
  const left = await pendingIn(on);
  await on.run(playOf(() => [shell('mend', `: > ${on.path('ok')}`)], { name: 'mend' }));
  const second = await on.run(site);
  return { first, left, second, log: await logOf(on) };
}

describe('a step that failed and may have changed something keeps its handlers pending:', () => {
  const steps: Record<string, (on: Fleet, bang: Handler) => Step> = {
    'an action that makes the file it looks for': (on, notify) =>
      making(on, 'mk', `[ -e ${on.path('ok')} ]`, { notify }),
    'a change that failedWhen calls a failure': (on, notify) =>
      copy(
        'conf',
        { content: 'x', dest: on.path('conf') },
        { notify, failedWhen: (result) => result.changed },
      ),
    'a change that its verification refuses': (on, notify) =>
      both('both', { path: on.path('one'), other: on.path('ok') }, { notify }),
    'an action that took too long': (on, notify) =>
      making(on, 'slow', 'sleep 60', { notify, timeout: 1 }),
  };
  for (const [name, step] of Object.entries(steps)) {
    it(name, async () => {
      const { first, left, second, log } = await twice(step);
      expect(first.exitCode).toBe(2);
      expect(left).toEqual(['a site/bang']);
      expect(second.exitCode).toBe(0);
      expect(log).toEqual(['bang']);
    });
  }
});

describe('the handlers of a step that failed half way', () => {
  it('run in this run where its failure is ignored or rescued', async () => {
    for (const how of ['ignored', 'rescued'] as const) {
      const on = await fleet(['a']);
      await on.run(
        playOf(function* () {
          const bang = handler(append(on, 'bang', 'bang'));
          const ignoreErrors = how === 'ignored';
          const bad = shell('bad', 'exit 1', { notify: bang, ignoreErrors });
          yield block('b', { tasks: [bad], rescue: [append(on, 'rescue', 'rescue')] });
        }),
      );
      expect((await logOf(on)).at(-1)).toBe('bang');
      expect(await pendingIn(on)).toEqual([]);
    }
  });

  it('run though a further attempt finds everything done', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang'));
        yield making(on, 'mk', 'exit 1', { notify: bang, retries: 1, delay: 0 });
      }),
    );
    expect(ran.lines).toEqual(['a mk: changed', 'a bang: changed']);
  });

  it('stay pending where the host was lost in the middle, and run where that is rescued', async () => {
    const on = await fleet(['a', 'b']);
    const begun = () => existsSync(on.path('begun'));
    on.link('a', {
      get cutAfterDown() {
        return begun() ? 0 : Infinity;
      },
      get refuse() {
        return begun() ? 'gone' : (undefined as never);
      },
    });
    const script = `: > ${on.path('begun')}; while :; do echo x; sleep 0.1; done`;
    await on.run(
      playOf(function* () {
        const bang = handler(append(on, 'bang', 'bang', { on: 'b' }));
        yield block('rescued', {
          tasks: [shell('action', script, { notify: bang, when: ({ host }) => host === 'a' })],
          rescue: [append(on, 'rescue', 'rescue', { on: 'b' })],
        });
      }),
      { liveOutput: true },
    );
    expect(await logOf(on)).toEqual(['rescue', 'bang']);
    expect(await pendingIn(on)).toEqual([]);
  });
});
