#!/usr/bin/env node
// Answers --help and --version without loading anything; else registers the TypeScript loader,
// for playbooks and, in the repository, for the engine itself.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const argv = process.argv.slice(2);
const quick = argv.length === 0 || (argv.length === 1 && ['--help', '-h'].includes(argv[0]));

if (quick) {
  process.stdout.write(readFileSync(at('help.txt'), 'utf8'));
  process.exitCode = argv.length === 0 ? 1 : 0;
} else if (argv.length === 1 && argv[0] === '--version') {
  process.stdout.write(`${JSON.parse(readFileSync(at('../package.json'), 'utf8')).version}\n`);
} else {
  const [{ register }, module] = await Promise.all([import('tsx/esm/api'), import('node:module')]);
  register();
  module.register('./hooks.js', import.meta.url);
  const source = existsSync(at('../engine/cli/main.ts'));
  const { main } = await import(source ? '../engine/cli/main.ts' : '../engine/cli/main.js');
  process.exitCode = await main(argv);
  // What a host or a user's own code left open must not keep the command from ending.
  const flushed = (stream) => new Promise((done) => stream.write('', done));
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit();
}
