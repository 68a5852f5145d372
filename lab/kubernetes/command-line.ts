import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatError, PlayError } from 'tsplay';

/**
 * Runs `command` when the module of this URL is the program that was started, not an import.
 * Progress goes to stderr, the answered lines to stdout; a PlayError ends it with its exit code.
 */
export async function runAsCommand(
  module: string,
  command: (report: (line: string) => void) => Promise<readonly string[]>,
): Promise<void> {
  const started = process.argv[1];
  if (started === undefined || realpathSync(started) !== fileURLToPath(module)) return;
  try {
    const lines = await command((line) => process.stderr.write(`${line}\n`));
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    process.stderr.write(`${formatError(error)}\n`);
    process.exitCode = error instanceof PlayError ? error.exitCode : 1;
  }
}
