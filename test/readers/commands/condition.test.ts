import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { condition, type Condition } from '../../../engine/readers/commands/condition.ts';
import type { HttpRequest } from '../../../engine/readers/network/http-request.ts';
import { answering, type Server } from '../../modules/answering.ts';
import { fewTools } from '../../modules/few-tools.ts';
import { ask, plainShells, shells } from '../../modules/shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

let folder = '';
let server: Server;
const sleeper = spawn('sleep', ['300'], { stdio: 'ignore' });
const longName = join(tmpdir(), `a-very-long-program-name-${process.pid}`);
let long: ReturnType<typeof spawn>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "it's "));
  writeFileSync(join(folder, 'log'), 'starting\nready in 3 s\nlast line\n');
  mkdirSync(join(folder, 'sub'));
  symlinkSync('/nowhere', join(folder, 'dangling'));
  symlinkSync('/usr/bin/sleep', longName);
  long = spawn(longName, ['300'], { stdio: 'ignore' });
  server = await answering();
});
afterAll(() => {
  server.stop();
  sleeper.kill();
  long.kill();
  rmSync(folder, { recursive: true });
  rmSync(longName);
});

const get = (path: string): HttpRequest => ({
  url: server.url + path,
  method: 'GET',
  headers: [],
  timeout: 5,
});

describe.each(shells)('under %s', (shell) => {
  const look = (key: Condition, path?: string) =>
    ask(shell, [condition(key)], path === undefined ? {} : { environment: { PATH: path } })[0];
  const holds = (saw: string | RegExp) => ({
    answer: 'value',
    value: { holds: true, saw: expect.stringMatching(saw) },
  });
  const fails = (saw: string | RegExp) => ({
    answer: 'value',
    value: { holds: false, saw: expect.stringMatching(saw) },
  });

  test('a port that listens on this host is seen in the kernel’s table', () => {
    const tools = fewTools([]);
    const { port } = server;
    for (const host of [undefined, '127.0.0.1', 'localhost']) {
      const key: Condition = { kind: 'port', port, ...(host && { host }) };
      expect(look(key, tools.path)).toMatchObject(holds('it listens'));
    }
    expect(look({ kind: 'port', port, host: '::1' }, tools.path)).toMatchObject(fails('nothing'));
    tools.remove();
  });

  test('of a closed port it says which ports listen', () => {
    expect(look({ kind: 'port', port: 9 })).toMatchObject(
      fails(new RegExp(`nothing listens there; listening ports:.* ${server.port}\\b`)),
    );
  });

  test.each([['bash'], ['nc'], ['perl'], ['curl']])('%s connects to a port elsewhere', (tool) => {
    const tools = tool === 'nc' ? fewTools([tool], true) : fewTools([tool]);
    const at = (port: number): Condition => ({ kind: 'port', port, host: '127.0.0.2' });
    expect(look(at(9), tools.path)).toMatchObject(fails(/refused|ailed to connect|0\.0+/i));
    expect(look(at(server.port), tools.path)).toMatchObject(holds('it accepts connections'));
    tools.remove();
  });

  test('a path is there, is not there, has a line', () => {
    const at = (name: string) => ({ kind: 'path', path: join(folder, name) }) as const;
    expect(look(at('log'))).toMatchObject(holds('it is there'));
    expect(look(at('sub'))).toMatchObject(holds('it is there'));
    expect(look(at('dangling'))).toMatchObject(holds('it is there'));
    expect(look(at('none'))).toMatchObject(fails('it is not there'));
    expect(look({ ...at('log'), contains: '^ready in [0-9]+ s$' })).toMatchObject(holds('a line'));
    expect(look({ ...at('log'), contains: '^eady' })).toMatchObject(fails(/ends with: last line$/));
    expect(look({ ...at('sub'), contains: 'x' })).toMatchObject(fails('it is not a file'));
    expect(look({ ...at('log'), contains: '-e' })).toMatchObject(fails('no line'));
    expect(look({ ...at('log'), contains: '(' })).toMatchObject({ answer: 'denied' });
  });

  test('a process is found by its name, also a long one, and not by a part of it', () => {
    const name = longName.slice(longName.lastIndexOf('/') + 1);
    expect(look({ kind: 'process', name: 'sleep' })).toMatchObject(holds('it runs as process'));
    expect(look({ kind: 'process', name })).toMatchObject(holds(String(long.pid)));
    expect(look({ kind: 'process', name: `${name}x` })).toMatchObject(fails('no process'));
    expect(look({ kind: 'process', name: 'slee' })).toMatchObject(fails('no process'));
  });

  test('without systemctl nobody can tell whether a unit is active', () => {
    const tools = fewTools([]);
    expect(look({ kind: 'unit', unit: 'ssh' }, tools.path)).toMatchObject({
      answer: 'denied',
      why: 'the host has no systemctl',
    });
    tools.remove();
  });

  test.each([
    ['curl', false],
    ['wget', false],
    ['wget', true],
  ])('%s asks a server (busybox: %s)', (tool, busybox) => {
    const tools = fewTools([tool], busybox);
    const at = (path: string, more: { status?: number[]; body?: string } = {}): Condition => ({
      kind: 'http',
      request: get(path),
      status: [200],
      ...more,
    });
    expect(look(at('/healthz'), tools.path)).toMatchObject(holds('status 200'));
    expect(look(at('/healthz', { body: '^ok: (yes|no)$' }), tools.path)).toMatchObject(
      holds('the body matches'),
    );
    expect(look(at('/healthz', { body: '^ok: no' }), tools.path)).toMatchObject(
      fails(/no line matches: state/),
    );
    expect(look(at('/broken'), tools.path)).toMatchObject(fails('status 503'));
    expect(look(at('/broken', { status: [200, 503] }), tools.path)).toMatchObject(holds('503'));
    expect(look(at('/none'), tools.path)).toMatchObject(fails('status 404'));
    expect(
      look(
        { ...at('/'), request: { ...get('/'), url: 'http://127.0.0.1:9/' } } as Condition,
        tools.path,
      ),
    ).toMatchObject(fails(/refused|onnect|code/));
    tools.remove();
  });

  test('several conditions answer in their order', () => {
    const keys: Condition[] = [
      { kind: 'path', path: '/none' },
      { kind: 'port', port: server.port },
      { kind: 'http', request: get('/healthz'), status: [200] },
    ];
    const answers = ask(
      shell,
      keys.map((key) => condition(key)),
    );
    expect(answers.map((one) => one.answer === 'value' && one.value.holds)).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe.each(plainShells)('under %s', (shell) => {
  test('without any tool for a connection it says what to install', () => {
    const tools = fewTools([]);
    expect(
      ask(shell, [condition({ kind: 'port', port: 9, host: '127.0.0.2' })], {
        environment: { PATH: tools.path },
      })[0],
    ).toMatchObject({
      answer: 'denied',
      why: expect.stringContaining('install bash, nc, perl or curl'),
    });
    tools.remove();
  });
});
