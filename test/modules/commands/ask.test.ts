import { describe, expect, test, vi } from 'vitest';
import { ask } from '../../../engine/modules/commands/ask.ts';
import { debug } from '../../../engine/modules/control/debug.ts';
import { fleet } from '../../run/harness.ts';
import { playOf } from '../../run/steps.ts';
import { isSame } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const argv = ['test', '-e', '/etc/motd'];
const answered = (code: number) => ({ code, stdout: '', stderr: '', binary: false });

describe('ask', () => {
  test('takes 0 for yes and every other exit code for no', () => {
    const said = [0, 1, 3, 255].map((code) => {
      const plan = ask.definition.plan(
        ask.definition.args.parse({ argv }),
        { answer: answered(code) },
        {} as never,
      );
      return isSame(plan).result.yes;
    });
    expect(said).toEqual([true, false, false, false]);
  });

  test.each([126, 127])(
    'that ends with %i was not answered: the program could not be run',
    (code) => {
      const plan = () =>
        ask.definition.plan(
          ask.definition.args.parse({ argv }),
          { answer: answered(code) },
          {} as never,
        );
      expect(plan).toThrow(/^test -e \/etc\/motd: exit code 12/);
    },
  );

  test('refuses what query refuses', () => {
    expect(ask.definition.mistakes?.(ask.definition.args.parse({}))).toEqual([
      'give either argv or shell',
    ]);
  });

  test('gives its answer to conditions, to messages and to until', async () => {
    const on = await fleet(['a']);
    const counted = `echo x >>${on.path('asked')}; [ "$(wc -l <${on.path('asked')})" -ge 2 ]`;
    const ran = await on.run(
      playOf(function* () {
        const yes = ask('yes', { argv: ['true'] });
        const no = ask('no', { argv: ['false'] });
        const later = ask(
          'later',
          { shell: counted },
          { until: (answer) => answer, retries: 5, delay: 0 },
        );
        yield* [yes, no, later];
        yield debug('tell', {
          message: (run) => `${run.result(yes)} ${run.result(no)} ${run.tryResult(later)}`,
        });
        yield debug('not told', { message: 'x' }, { when: (run) => run.result(no) });
      }),
    );
    expect(ran.end('a', 'tell').notes).toEqual(['true false true']);
    expect(ran.end('a', 'not told').outcome).toBe('skipped');
    expect(ran.end('a', 'no').outcome).toBe('ok');
  });
});
