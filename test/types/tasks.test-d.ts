/** Tasks: what compiles, and every misuse that does not. Checked by the compiler alone. */
import {
  assert,
  block,
  choose,
  command,
  copy,
  debug,
  file,
  flushHandlers,
  handler,
  query,
  secret,
  sh,
  shell,
  systemd,
  template,
  waitFor,
} from 'tsplay';
import type { Facts, Handler, Result, Run, Step, Task } from 'tsplay';
import type { Equal } from './equal.ts';

// What compiles.
const join = command('join', {
  argv: ['kubeadm', 'token', 'create', secret('x')],
  exposeSecret: true,
});
const restart = handler(systemd('restart etcd', { unit: 'etcd', state: 'restarted' }));
const healthy = query('healthy', { argv: ['true'] }, { until: (r) => r.code === 0, retries: 3 });
export const good: readonly Step[] = [
  join,
  healthy,
  command('lazy', { argv: (run) => ['sh', '-c', run.result(join).stdout], creates: '/x' }),
  shell('script', { script: sh`printf %s ${"it's"}` }, { become: 'postgres', tags: ['db'] }),
  copy('content', { dest: '/x', content: (run) => run.facts.hostname, mode: '0644' }),
  copy('notified', { dest: '/x', content: secret('s') }, { notify: [restart] }),
  assert('enough', { that: (run) => run.facts.memory > 2 ** 31 }),
  waitFor('port', { port: 22, timeout: 30 }, { when: [(run) => !run.check] }),
  debug('value', { value: { any: ['thing'] } }),
  block('both', { tasks: [join], rescue: [healthy] }, { throttle: 1, on: (run) => run.host }),
  block('rolled', { tasks: [healthy] }, { rolling: { atOnce: 5 } }),
  choose('family', (run) => run.facts.os.family, { debian: [join], default: [] }),
  flushHandlers(),
];
export const codeOf: Equal<ReturnType<typeof resultOf>['code'], number> = true;
export const lines: Equal<ReturnType<typeof resultOf>['stdoutLines'], readonly string[]> = true;
export const changed: Equal<ReturnType<typeof resultOf>['changed'], boolean> = true;
function resultOf(run: Run) {
  return run.result(join);
}
export const perhaps = (run: Run): string | undefined => run.tryResult(join)?.stdout;
export const wide: Task<unknown> = join;

// Arguments.
// @ts-expect-error a required argument is missing
command('x', {});
// @ts-expect-error an argument is misspelt
command('x', { argv: ['a'], creats: '/x' });
// @ts-expect-error one text is not a list of words
command('x', { argv: 'ls -l' });
// @ts-expect-error a number is not a word
command('x', { argv: ['sleep', 1] });
// @ts-expect-error no such state
systemd('x', { unit: 'etcd', state: 'running' });
// @ts-expect-error a mode as a number is 0o1204 or worse
file('x', { path: '/x', state: 'directory', mode: 644 });
// @ts-expect-error a mode as an octal number
copy('x', { dest: '/x', content: '', mode: 0o644 });
// @ts-expect-error dest is missing
template('x', { src: 'a.hbs' });
// @ts-expect-error options are the third parameter
command('x', { argv: ['a'], when: () => true });
// @ts-expect-error a lazy argument gives a value of the argument's type
command('x', { argv: (run) => run.facts.hostname });
// @ts-expect-error a lazy argument cannot wait
command('x', { argv: async () => ['a'] });
// @ts-expect-error the name comes first
command({ argv: ['a'] });
// @ts-expect-error a status is a number
waitFor('x', { http: { url: 'http://localhost/', status: ['200'] } });

// Options.
// @ts-expect-error no such option
command('x', { argv: ['a'] }, { retry: 3 });
// @ts-expect-error a single task does not roll: a restart and what shows that it works do
command('x', { argv: ['a'] }, { rolling: true });
// @ts-expect-error when is a function of the run; what is known now is TypeScript's if
command('x', { argv: ['a'] }, { when: true });
// @ts-expect-error a condition is true or false
command('x', { argv: ['a'] }, { when: (run) => run.facts.hostname });
// @ts-expect-error no such fact
command('x', { argv: ['a'] }, { when: (run) => run.facts.distribution === 'debian' });
// @ts-expect-error no such family
command('x', { argv: ['a'] }, { when: (run) => run.facts.os.family === 'debain' });
// @ts-expect-error tags are a list
command('x', { argv: ['a'] }, { tags: 'config' });
// @ts-expect-error the name of a handler is no handler
copy('x', { dest: '/x', content: '' }, { notify: 'restart etcd' });
// @ts-expect-error a task is no handler
copy('x', { dest: '/x', content: '' }, { notify: join });
// @ts-expect-error until judges the task's own result
query('x', { argv: ['a'] }, { until: (result) => result.exitCode === 0 });
// @ts-expect-error a result is not judged by text
query('x', { argv: ['a'] }, { until: (result) => result.stdout });
// @ts-expect-error failedWhen is a function
query('x', { argv: ['a'] }, { failedWhen: 'never' });
// @ts-expect-error a delay is in seconds, as a number
query('x', { argv: ['a'] }, { retries: 3, delay: '5s' });
// @ts-expect-error the environment holds texts
command('x', { argv: ['a'] }, { environment: { PORT: 80 } });
// @ts-expect-error on names a host
command('x', { argv: ['a'] }, { on: undefined });

// Results.
// @ts-expect-error no such field of the result
export const stdot = (run: Run) => run.result(join).stdot;
// @ts-expect-error it may be skipped
export const perhapsText = (run: Run): string => run.tryResult(join).stdout;
// @ts-expect-error results are found by the task, not by its name
export const byName = (run: Run) => run.result('join');
// @ts-expect-error a handler has no result
export const ofHandler = (run: Run) => run.result(restart);
// @ts-expect-error a run is only read
export const written = (run: Run) => void (run.host = 'other');
// @ts-expect-error facts are only read
export const told = (facts: Facts) => void (facts.cpus = 4);
// @ts-expect-error a result is only read
export const kept = (result: Result<{ readonly code: number }>) => void (result.code = 0);
// @ts-expect-error a task of one result is not a task of another
export const other: Task<{ readonly size: number }> = join;

// Blocks, handlers, branches.
// @ts-expect-error a block has tasks
block('x', { rescue: [join] });
// @ts-expect-error a handler is no step
block('x', { tasks: [restart] });
block('x', { tasks: [join] }, { notify: restart });
// @ts-expect-error notify belongs to a task or a block
choose('x', () => 'a', { a: [join] }, { notify: restart });
// @ts-expect-error a handler of a handler
handler(restart);
// @ts-expect-error a flush is no handler
handler(flushHandlers());
// @ts-expect-error a branch is picked by a text
choose('x', (run) => run.facts.swap > 0, { true: [join] });
// @ts-expect-error a branch is a list of steps
choose('x', () => 'a', { a: join });
// @ts-expect-error a text is no step
export const steps: readonly Step[] = ['install etcd'];
// @ts-expect-error a task is no handler
export const handlers: readonly Handler[] = [join];
