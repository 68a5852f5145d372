/** docs/own-modules.md, followed word for word in an empty folder by someone who just installed. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from '../../scripts/build.ts';
import { startRegistry, type Registry } from './registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/own-modules.md'), 'utf8');
let folder = '';
let registry: Registry;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'own-module-'));
  build(join(folder, 'dist'));
  mkdirSync(join(folder, 'project'));
  mkdirSync(join(folder, 'home'));
  registry = await startRegistry(join(root, 'node_modules'), join(folder, 'dist'));
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Part {
  readonly kind: 'file' | 'commands' | 'output';
  readonly text: string;
  /** Of a file its path, of commands what stands behind `sh`. */
  readonly word: string;
}

/** The page's blocks in their order. */
const parts: readonly Part[] = [
  ...page.matchAll(/(?:<!-- file: (\S+) -->\n)?```(\w+) ?(\w*)\n([\s\S]*?)```/g),
].map(([, path, language, word = '', text = '']) => {
  if (path !== undefined) return { kind: 'file', word: path, text };
  return { kind: language === 'sh' ? 'commands' : 'output', word, text };
});

/** What is shown of an output, as a pattern: `…` is anything. */
function shown(text: string): RegExp {
  const escaped = text.trimEnd().replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(escaped.replaceAll('…', '[\\s\\S]*?'));
}

/** Commands as somebody types them, one after the other, until one fails. */
function run(commands: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((done, fail) => {
    const child = spawn('bash', ['-c', `set -e\n${commands}`], {
      cwd: join(folder, 'project'),
      env: {
        PATH: process.env['PATH'],
        HOME: join(folder, 'home'),
        npm_config_registry: registry.url,
        npm_config_update_notifier: 'false',
        npm_config_audit: 'false',
        npm_config_fund: 'false',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.on('error', fail);
    child.on('close', (code) => done({ code, output }));
  });
}

test('from an empty folder to a module that is used, by following the page', async () => {
  expect(readdirSync(join(folder, 'project'))).toEqual([]);
  const kinds = parts.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind === 'commands').length).toBeGreaterThan(5);
  let last = '';
  for (const { kind, word, text } of parts) {
    if (kind === 'file') {
      const path = join(folder, 'project', word);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } else if (kind === 'output') {
      expect(last).toMatch(shown(text));
    } else if (word === 'fails') {
      last = '';
      for (const command of text.trim().split('\n')) {
        const { code, output } = await run(command);
        expect([command, code === 0, output]).toEqual([command, false, expect.any(String)]);
        last += output;
      }
    } else {
      const { code, output } = await run(text);
      if (code !== 0) throw new Error(`${text} ended with ${code}:\n${output}`);
      last = output;
    }
  }
});
