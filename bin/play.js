#!/usr/bin/env node
// Answers --help and --version without loading anything; else starts the engine, compiled once
// for each state of its sources (compiled.js), or from the sources where that cannot be.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const argv = process.argv.slice(2);
// A project may have commands of its own.
const isPlain = !['ts', 'js', 'mjs'].some((ending) => existsSync(`play.config.${ending}`));
const asksHelp = argv.length === 0 || (argv.length === 1 && ['--help', '-h'].includes(argv[0]));

if (asksHelp && isPlain) {
  process.stdout.write(readFileSync(at('help.txt'), 'utf8'));
  process.exitCode = argv.length === 0 ? 1 : 0;
} else if (argv.length === 1 && argv[0] === '--version') {
  process.stdout.write(`${JSON.parse(readFileSync(at('../package.json'), 'utf8')).version}\n`);
} else {
  const ending = existsSync(at('../play.ts')) ? 'ts' : 'js';
  const { compiledEngine, loaderFor } = await import('./compiled.js');
  const engine = await compiledEngine(at('..'), ending);
  const load = loaderFor(engine);
  if (!engine && ending === 'ts') await load.register();
  const { main } = engine ?? (await import(`../play.${ending}`));
  process.exitCode = await main(argv, { load: (path) => load.playbook(path) });
  // What a host or a user's own code left open must not keep the command from ending.
  const flushed = (stream) => new Promise((done) => stream.write('', done));
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // What only lists or explains needs little of the engine.
  if (!argv.some((word) => word.startsWith('--list')) && argv.length > 1) engine?.keepCode();
  process.exit();
}
