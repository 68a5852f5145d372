import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { confirmSteps } from '../../engine/cli/confirm.ts';
import { listenForInterrupts } from '../../engine/cli/interrupt.ts';
import type { TaskNode } from '../../engine/plan/nodes.ts';
import { StringSink } from '../../engine/report/sink.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs TypeScript under a pseudo-terminal and types when it asks. */
async function onTerminal(code: string, typed: string): Promise<string> {
  const inner = `node_modules/.bin/tsx --input-type=module --eval "$CODE"`;
  const child = spawn('script', ['--quiet', '--return', '--command', inner, '/dev/null'], {
    cwd: root,
    env: { ...process.env, CODE: code },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('word: ')) child.stdin.write(typed);
  });
  const [shown] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return shown;
}

test('a password is asked for on the terminal and not shown', async () => {
  const code = `
    import { askPassword } from './engine/cli/terminal.ts';
    import { reveal } from './engine/secrets/secret.ts';
    const answer = await askPassword('word: ');
    console.log(reveal(answer) === 'hunter2' ? 'as typed' : 'not as typed');
    process.exit();
  `;
  const shown = await onTerminal(code, 'wrong\u0015huntex\u007fr2\r');
  expect(shown).toContain('\nas typed');
  expect(shown).not.toContain('hunt');
}, 30_000);

test('Ctrl-C while a password is typed ends the command', async () => {
  const code = `
    import { askPassword } from './engine/cli/terminal.ts';
    await askPassword('word: ').catch((error) => console.log(error.name, error.message));
    process.exit();
  `;
  expect(await onTerminal(code, 'hun\u0003')).toContain('UsageError interrupted');
}, 30_000);

test('the first Ctrl-C is soft, the second hard, the third leaves', () => {
  const sink = new StringSink();
  const left: number[] = [];
  const interrupts = listenForInterrupts(sink, (code) => left.push(code));
  try {
    process.emit('SIGINT', 'SIGINT');
    expect([interrupts.soft.aborted, interrupts.hard.aborted]).toEqual([true, false]);
    process.emit('SIGINT', 'SIGINT');
    expect([interrupts.soft.aborted, interrupts.hard.aborted]).toEqual([true, true]);
    process.emit('SIGINT', 'SIGINT');
    expect(left).toEqual([130]);
  } finally {
    interrupts.stop();
  }
  expect(process.listenerCount('SIGHUP')).toBe(0);
  expect(sink.text.split('\n')).toHaveLength(3);
});

test('a terminal that is closed is one first Ctrl-C, however often it is told of', () => {
  const sink = new StringSink();
  const interrupts = listenForInterrupts(sink, () => expect.unreachable());
  try {
    for (let told = 0; told < 3; told += 1) process.emit('SIGHUP', 'SIGHUP');
    expect([interrupts.soft.aborted, interrupts.hard.aborted]).toEqual([true, false]);
    process.emit('SIGTERM', 'SIGTERM');
    process.emit('SIGHUP', 'SIGHUP');
    expect(interrupts.hard.aborted).toBe(true);
  } finally {
    interrupts.stop();
  }
});

test('--step asks once for all hosts of a task, until the person says continue', async () => {
  const questions: string[] = [];
  const answers = ['y', 'what?', '', 'c'];
  const confirm = confirmSteps((question) => {
    questions.push(question);
    return Promise.resolve(answers.shift() ?? 'asked too often');
  });
  const node = (id: string): TaskNode => ({ id }) as TaskNode;
  const given = [];
  for (const id of ['a', 'a', 'b', 'c', 'd']) given.push(await confirm(node(id)));
  expect(given).toEqual(['yes', 'yes', 'no', 'continue', 'continue']);
  expect(questions).toHaveLength(4);
});
