/** What can happen to the controller's process, terminal, pipes, disk and project. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { running, Project, type Ended } from './project.ts';
import { report } from './trial.ts';

const projects: Project[] = [];
afterAll(async () => {
  for (const project of projects.splice(0)) await project.remove();
});

const hosts = 'all:\n  hosts:\n    h: { transport: local }\n';

/** Three steps of some time, each of which says when it begins and ends, and a handler. */
function slowProject(): Project {
  const project = new Project({ 'hosts.yaml': hosts }, { alone: true });
  projects.push(project);
  project.write(
    'site.ts',
    `import { copy, handler, play, playbook, shell } from 'tsplay';
const at = ${JSON.stringify(project.path())};
export default playbook([play({ name: 'slow', hosts: 'all', *tasks() {
  yield copy('notifies', { content: 'x', dest: \`\${at}/x\` },
    { notify: handler(shell('serve', { script: \`echo served >>\${at}/served\` })) });
  for (const step of [1, 2, 3])
    yield shell(\`step \${step}\`, {
      script: \`echo \${step} >>\${at}/begun; sleep \${process.env['SLOW'] ?? 0.2}; echo \${step} >>\${at}/done\`,
    });
} })]);
`,
  );
  return project;
}

const linesOf = (project: Project, name: string): readonly string[] =>
  existsSync(project.path(name))
    ? readFileSync(project.path(name), 'utf8').split('\n').filter(Boolean)
    : [];

/** Until a step has begun that has not ended. */
async function inStep(project: Project, ended: Promise<Ended>): Promise<void> {
  let over = false;
  void ended.then(() => (over = true));
  while (!over && linesOf(project, 'begun').length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** What is wrong with a run that was to end early and in order. */
function disorder(project: Project, code: number | null, done: number): readonly string[] {
  const last = project.journal().at(-1);
  return [
    ...(code === 130 ? [] : [`exit code ${code}`]),
    ...(linesOf(project, 'done').length === done
      ? []
      : [`${linesOf(project, 'done').length} done`]),
    ...(last?.event === 'run-end' && last.exitCode === 130 ? [] : ['the journal has no end']),
    ...(linesOf(project, 'served').length === 0 ? [] : ['the handler ran']),
  ];
}

/** The next run pays what this one owed. */
async function unpaid(project: Project): Promise<readonly string[]> {
  const next = await project.play();
  if (next.code === 0 && linesOf(project, 'served').length === 1) return [];
  return [`the next run ended with ${next.code}: ${next.stdout}${next.stderr}`];
}

describe('signals', () => {
  /** Signals, milliseconds between them, and how many steps are done to their end. */
  const cases: readonly (readonly [readonly NodeJS.Signals[], number, number])[] = [
    [['SIGINT'], 0, 1],
    [['SIGTERM'], 0, 1],
    [['SIGHUP'], 0, 1],
    [['SIGINT', 'SIGINT'], 300, 0],
    [['SIGTERM', 'SIGTERM'], 300, 0],
    // One terminal that is closed may be told of more than once.
    [['SIGHUP', 'SIGHUP'], 5, 1],
    [['SIGHUP', 'SIGHUP', 'SIGHUP'], 100, 1],
    [['SIGINT', 'SIGHUP'], 100, 1],
    [['SIGHUP', 'SIGINT'], 300, 0],
    [['SIGHUP', 'SIGHUP', 'SIGTERM'], 100, 0],
  ];
  test('end a run in order, and at once where they insist', async (context) => {
    const missed = await Promise.all(
      cases.map(async ([signals, between, done]) => {
        const project = slowProject();
        const { child, ended } = project.start([], { env: { SLOW: done === 0 ? '60' : '1.5' } });
        await inStep(project, ended);
        for (const signal of signals) {
          child.kill(signal);
          await new Promise((resolve) => setTimeout(resolve, between));
        }
        const { code, stdout, stderr } = await ended;
        const wrong = [...disorder(project, code, done), ...(await unpaid(project))];
        return wrong.length === 0 ? [] : [`${signals.join()}: ${wrong.join()}\n${stdout}${stderr}`];
      }),
    );
    report(context, {
      fault:
        'Ctrl-C, TERM or HUP in the middle of a step, once or more often, HUP within milliseconds too',
      promise:
        'exit code 130 and a whole journal; once lets the step finish, so do many HUP; a second Ctrl-C or TERM ends it with all that it started; the handler that is owed is run by the next run',
      tried: cases.length,
      held: missed.filter((each) => each.length === 0).length,
      missed: missed.flat(),
    });
  });
});

describe('a terminal', () => {
  test('that is closed is Ctrl-C', async (context) => {
    // Seconds after which its shell passes the kernel's hang-up on once more.
    const delays = [0, 0, 0.005, 0.1, 0.1];
    const missed = await Promise.all(
      delays.map(async (delay) => {
        const project = slowProject();
        // The terminal's shell passes its hang-up on; `script` owns the terminal.
        project.write(
          'in-terminal.sh',
          `export SLOW=1.5; trap 'kill -HUP "$child"; sleep ${delay}; kill -HUP "$child"' HUP
${project.command().join(' ')} & child=$!
until wait "$child"; code=$?; ! kill -0 "$child" 2>/dev/null; do :; done
echo "$code" >${project.path('code')}
`,
        );
        const { child, ended } = running(
          ['script', '-qec', 'sh in-terminal.sh', '/dev/null'],
          project.folder,
        );
        await inStep(project, ended);
        child.kill('SIGKILL');
        await ended;
        while (linesOf(project, 'code').length === 0)
          await new Promise((resolve) => setTimeout(resolve, 50));
        const wrong = disorder(project, Number(linesOf(project, 'code')[0]), 1);
        return [...wrong, ...(await unpaid(project))];
      }),
    );
    report(context, {
      fault: 'the terminal is closed in the middle of a step, and its shell tells of it too',
      promise:
        'the same as Ctrl-C: the step finishes, exit code 130, a whole journal, the handler is run by the next run',
      tried: delays.length,
      held: missed.filter((each) => each.length === 0).length,
      missed: missed.flat(),
    });
  });
});

describe('output', () => {
  test('that nobody reads any more ends nothing', async (context) => {
    const ways = ['| head -n 1', '2>&1 | head -n 1', '>&-', '> /dev/full'];
    const missed = await Promise.all(
      ways.map(async (way) => {
        const project = slowProject();
        const script = `set -o pipefail; ${project.command().join(' ')} ${way}`;
        const { code, stderr } = await running(['bash', '-c', script], project.folder).ended;
        const last = project.journal().at(-1);
        const whole = last?.event === 'run-end' && last.exitCode === 0;
        return code === 0 && whole && linesOf(project, 'done').length === 3
          ? []
          : [`${way}: ${code} ${stderr}`];
      }),
    );
    report(context, {
      fault: 'what reads the output goes away (`| head -n 1`), or it cannot be written',
      promise: 'the run goes on to its end, with journal and exit code',
      tried: ways.length,
      held: missed.filter((each) => each.length === 0).length,
      missed: missed.flat(),
    });
  });
});

/** Runs `play` in a mount namespace of its own, whose `.play` is a file system that is made there. */
async function withFolder(project: Project, setup: string, flags = ''): Promise<Ended> {
  const script = `mkdir -p .play && ${setup} && cd . && ${project.command().join(' ')} ${flags}`;
  const argv = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script];
  return running(argv, project.folder).ended;
}

describe('a disk', () => {
  const full = 'mount -t tmpfs -o size=16k tmpfs .play';
  const readOnly = 'mount -t tmpfs -o ro tmpfs .play';
  test('of the controller that is full or read-only ends nothing', async (context) => {
    const cases = [
      [full, ''],
      [`${full} && { cat /dev/zero >.play/filler || :; } 2>/dev/null`, ''],
      [readOnly, ''],
      [readOnly, '--check'],
    ] as const;
    const missed = await Promise.all(
      cases.map(async ([setup, flags]) => {
        const project = slowProject();
        const { code, stdout, stderr } = await withFolder(project, setup, flags);
        const done = linesOf(project, 'done').length === (flags === '' ? 3 : 0);
        const served = linesOf(project, 'served').length === (flags === '' ? 1 : 0);
        const told = stdout.includes('RECAP') && !/^\s+at /m.test(stdout + stderr);
        return code === 0 && done && served && told
          ? []
          : [`${setup}: ${code}\n${stdout}${stderr}`];
      }),
    );
    report(context, {
      fault:
        "the controller's disk is full, runs full in the middle, or `.play` cannot be written (also with `--check`)",
      promise:
        'one warning, no stack trace; the run goes on to its end, handlers are run, the exit code holds',
      tried: cases.length,
      held: missed.filter((each) => each.length === 0).length,
      missed: missed.flat(),
    });
  });
});

describe('two runs of one project at once', () => {
  test('never mix', async (context) => {
    const tried = 10;
    const project = new Project({ 'hosts.yaml': hosts }, { alone: true });
    projects.push(project);
    project.write(
      'site.ts',
      `import { copy, mirror, play, playbook } from 'tsplay';
const mine = process.env['WHO'];
const at = ${JSON.stringify(project.path('to'))};
export default playbook([play({ name: 'two', hosts: 'all', *tasks() {
  for (const name of ['a', 'b', 'c'])
    yield copy(name, { content: mine, dest: \`\${at}/\${name}\` });
  yield mirror('m', { src: \`files-\${mine}\`, dest: \`\${at}/m\`, delete: true });
} })]);
`,
    );
    for (const who of ['one', 'two']) project.write(`files-${who}/of-${who}`, who);
    project.write('to/m/.keep', '');
    let held = 0;
    const missed: string[] = [];
    for (let round = 0; round < tried; round += 1) {
      const wait = round % 2 === 0 ? [] : ['--wait-lock', '60'];
      const both = await Promise.all(
        ['one', 'two'].map((who) => project.play(wait, { env: { WHO: who } })),
      );
      const found = ['a', 'b', 'c'].map((name) => readFileSync(project.path('to', name), 'utf8'));
      found.push(...readdirSync(project.path('to', 'm')).map((name) => name.replace('of-', '')));
      const codes = both.map(({ code }) => code ?? -1).toSorted((a, b) => a - b);
      // One may be done before the other asks.
      const clear =
        codes.every((code) => code === 0) ||
        (wait.length === 0 &&
          codes.join() === '0,5' &&
          both.some(({ stderr }) => /another run works on .* since .* pid/.test(stderr)));
      if (new Set(found).size === 1 && found.length === 4 && clear) held += 1;
      else missed.push(`${found.join()} ${codes.join()} ${both[0]?.stderr}${both[1]?.stderr}`);
    }
    report(context, {
      fault: 'two runs of one project change the same host at the same time, to other contents',
      promise:
        'never a mixture: one ends with 5 and says who works there since when, or waits (`--wait-lock`)',
      tried,
      held,
      missed,
    });
    expect(readdirSync(project.path('.play', 'locks'))).toEqual([]);
  });
});
