import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import type { Controller } from '../../../engine/module/module.ts';
import { script } from '../../../engine/modules/commands/script.ts';
import { contentOf, type Content } from '../../../engine/shell/content.ts';
import { context, isAct } from '../planning.ts';
import { runScript, shells } from '../shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

const holding = (content: Content): Controller => ({
  file: () => Promise.resolve(content),
  template: () => Promise.reject(new Error('no template is asked for')),
  path: (src) => Promise.resolve(src),
  download: () => Promise.resolve(content),
  check: false,
  diff: false,
  host: 'web-1',
});

async function planOf(
  text: string | Content,
  args: Partial<z.input<typeof script.definition.args>> = {},
) {
  const { definition } = script;
  const content = typeof text === 'string' ? contentOf(text) : text;
  const want = definition.args.parse({ src: 'disks.sh', ...args });
  const prepared = await definition.prepare?.(want, holding(content));
  if (!prepared) throw new Error('script prepares its content');
  return { want: prepared, plan: definition.plan(prepared, {}, context) };
}

test.each([
  ['#!/bin/bash -eu\ntrue', ['/bin/bash', '-eu']],
  ['#! /usr/bin/env python3\n', ['/usr/bin/env', 'python3']],
  ['#!/usr/bin/awk -f  x \n', ['/usr/bin/awk', '-f  x']],
  ['#!/bin/sh', ['/bin/sh']],
  ['echo no line for it\n', ['/bin/sh']],
  ['\u007fELF\u0000\u0000', []],
])('%j is run by %j', async (text, run) => {
  expect((await planOf(text)).want.run).toEqual(run);
});

test('the first line of a large file is enough', async () => {
  const parts = ['#!/bin/', 'bash\n', 'x'.repeat(1000)].map((part) => Buffer.from(part));
  const content: Content = {
    kind: 'content',
    digest: '',
    size: 2 ** 20,
    secret: false,
    open: () => Readable.from(parts),
  };
  expect((await planOf(content)).want.run).toEqual(['/bin/bash']);
});

test('a first line with a carriage return is refused before anything is sent', async () => {
  await expect(planOf('#!/bin/sh\r\ntrue\r\n')).rejects.toThrow('carriage return');
});

test('an interpreter that is named wins', async () => {
  const { want } = await planOf('#!/bin/sh\n', { interpreter: ['/bin/bash', '-x'] });
  expect(want.run).toEqual(['/bin/bash', '-x']);
});

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'play '))));
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(shells)('under %s', (shell) => {
  const run = async (text: string, args: Partial<z.input<typeof script.definition.args>> = {}) => {
    const plan = isAct((await planOf(text, args)).plan);
    const output = runScript(shell, plan.script, { ...plan, environment: { TMPDIR: folder } });
    return { ...plan.result(output), failed: plan.failed?.(output) };
  };

  test('it runs with its arguments, its interpreter, its input, and leaves nothing', async () => {
    const text = `#!/bin/bash\n[[ -n $BASH_VERSION ]] || exit 9\nread -r line\nprintf '%s|' "$line" "$@" "\${0##*/}"\n`;
    const given = await run(text, { arguments: ["it's", '$HOME', ''], stdin: 'in put' });
    expect(given).toMatchObject({ code: 0, stdout: "in put|it's|$HOME||disks.sh|" });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('its exit code is the step’s, and it leaves nothing then either', async () => {
    expect(await run('exit 5')).toMatchObject({ code: 5, failed: 'exit code 5' });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('an interpreter that is not there is named', async () => {
    const given = await run('#!/no/such/interpreter\n');
    expect(given.code).toBe(127);
    expect(given.stderr).toContain('/no/such/interpreter');
  });

  test('files that it makes get the mask', async () => {
    const { stdout } = await run('umask');
    expect(Number.parseInt(stdout, 8)).toBe(0o022);
  });

  test('nobody else can read it while it runs', async () => {
    const { stdout } = await run('stat -c %a "${0%/*}"');
    expect(stdout).toBe('700');
  });

  test('without a folder for it, it fails and does not run', async () => {
    const marker = join(folder, 'ran');
    const { plan } = await planOf('touch "$1"', { arguments: [marker] });
    const output = runScript(shell, isAct(plan).script, { environment: { TMPDIR: '/no/such' } });
    expect(output.code).not.toBe(0);
    expect(output.stderr).toContain('mktemp');
    expect(existsSync(marker)).toBe(false);
  });
});
