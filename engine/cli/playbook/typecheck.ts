/** `--typecheck`: the compiler over the project of a playbook, when typescript is installed. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PlaybookError, UsageError } from '../../errors.ts';

/** Used where the project has no tsconfig.json. */
const plainOptions =
  '--target es2023 --module nodenext --strict --skipLibCheck --allowImportingTsExtensions'.split(
    ' ',
  );

/**
 * @param playbook absolute path of the playbook
 * @throws PlaybookError with what the compiler said; UsageError when there is no compiler
 */
export function checkTypes(playbook: string): void {
  const compiler = findCompiler(playbook);
  const project = nearest(dirname(playbook), 'tsconfig.json');
  const files = project === undefined ? [...plainOptions, playbook] : ['--project', project];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [compiler, '--noEmit', '--pretty', 'false', ...files],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status === 0) return;
  throw new PlaybookError(`the types are wrong:\n${(stdout + stderr).trim()}`, {
    hint: 'without --typecheck the playbook would run anyway',
  });
}

function findCompiler(playbook: string): string {
  try {
    const manifest = createRequire(playbook).resolve('typescript/package.json');
    return join(dirname(manifest), 'bin', 'tsc');
  } catch (cause) {
    throw new UsageError('--typecheck needs the TypeScript compiler', {
      hint: 'npm install --save-dev typescript',
      cause,
    });
  }
}

function nearest(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  if (existsSync(path)) return path;
  return folder === dirname(folder) ? undefined : nearest(dirname(folder), file);
}
