import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { waitFor } from '../../../engine/modules/network/wait-for.ts';
import { answering, type Server } from '../answering.ts';
import { isAct, isSame, mistakes, planned } from '../planning.ts';
import { runScript, shells } from '../shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const seen = (holds: boolean) => ({ now: { holds, saw: 'it listens' } });

test.each([
  [{ port: 80 }, true, 'same'],
  [{ port: 80 }, false, 'action'],
  [{ port: 80, absent: true }, true, 'action'],
  [{ port: 80, absent: true }, false, 'same'],
])('%j, which holds: %s, plans %s', (args, holds, plan) => {
  expect(planned(waitFor, args, seen(holds)).plan).toBe(plan);
});

test('what holds already is told and not waited for', () => {
  expect(isSame(planned(waitFor, { port: 80 }, seen(true))).result).toEqual({ saw: 'it listens' });
});

test('waiting changes nothing', () => {
  const plan = isAct(planned(waitFor, { port: 80 }, seen(false)));
  expect(plan.changed?.({ code: 0, stdout: '', stderr: '' })).toBe(false);
});

test('exactly one thing is waited for', () => {
  const kinds = 'give one of port, path, unit, process, http';
  expect(mistakes(waitFor, {})).toEqual([kinds]);
  expect(mistakes(waitFor, { port: 80, path: '/x' })).toEqual([kinds]);
  expect(mistakes(waitFor, { unit: 'a', host: 'b' })).toEqual(['host needs port']);
  expect(mistakes(waitFor, { unit: 'a', contains: 'b' })).toEqual(['contains needs path']);
  expect(mistakes(waitFor, { path: '/x', contains: 'b' })).toEqual([]);
});

test('the step may take longer than the wait', () => {
  expect(isAct(planned(waitFor, { port: 80, timeout: 900 }, seen(false))).timeout).toBeGreaterThan(
    900,
  );
});

let server: Server;
let folder = '';
beforeAll(async () => void (server = await answering()));
afterAll(() => server.stop());
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "it's "))));
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(shells)('under %s', (shell) => {
  const run = (args: z.input<typeof waitFor.definition.args>) => {
    const plan = isAct(planned(waitFor, args, seen(args.absent ?? false)));
    const output = runScript(shell, plan.script);
    return { ...plan.result(output), failed: plan.failed?.(output) };
  };

  test('it ends as soon as the line is there', () => {
    const path = join(folder, 'log');
    writeFileSync(path, 'starting\n');
    const later = spawn('sh', ['-c', 'sleep 0.5; echo ready >> "$1"', 'sh', path]);
    const began = Date.now();
    expect(run({ path, contains: '^ready$', timeout: 20 })).toEqual({
      saw: 'a line matches',
      failed: undefined,
    });
    expect(Date.now() - began).toBeLessThan(30_000);
    later.kill();
  });

  test('it ends as soon as the file is gone', () => {
    const path = join(folder, 'lock');
    writeFileSync(path, '');
    const later = spawn('rm', [path]);
    expect(run({ path, absent: true, timeout: 20 }).failed).toBeUndefined();
    later.kill();
  });

  test('on time-out it says what it saw last', () => {
    const path = join(folder, 'log');
    writeFileSync(path, 'starting\nstill starting\n');
    expect(run({ path, contains: '^ready$', timeout: 0 }).failed).toBe(
      `after 0 s not yet: a line of ${path} matches ^ready$; seen last: no line matches; it ends with: still starting`,
    );
    expect(run({ port: 9, timeout: 1 }).failed).toMatch(/^after 1 s not yet: port 9 is open; seen/);
    const url = `${server.url}/broken`;
    expect(run({ http: { url }, timeout: 0 }).failed).toMatch(/seen last: status 503: no leader$/);
    const { port } = server;
    expect(run({ port, absent: true, timeout: 0 }).failed).toMatch(/^after 0 s still: port/);
  });

  test('what cannot be told fails at once', () => {
    const path = join(folder, 'log');
    writeFileSync(path, 'x\n');
    expect(run({ path, contains: '(', timeout: 60 }).failed).toMatch(/cannot be told here/);
  });

  test('an answer over http is waited for', () => {
    const http = { url: `${server.url}/healthz`, body: '^ok: yes$' };
    expect(run({ http, timeout: 5 })).toMatchObject({
      failed: undefined,
      saw: 'status 200, the body matches',
    });
  });
});
