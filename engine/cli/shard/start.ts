/** Hands a job to the program of its system. */
import { spawnSync } from 'node:child_process';
import { UsageError } from '../../errors.ts';

/**
 * @param isAgain the job is one more of its kind, whose name the cluster makes
 * @returns what kubectl said
 */
export const startOnKubernetes = (file: string, isAgain: boolean): string =>
  run('kubectl', [isAgain ? 'create' : 'apply', '-f', file]);

/** @returns what sbatch said */
export const startOnSlurm = (file: string): string => run('sbatch', [file]);

/** The minor version of the cluster that kubectl reaches. */
export function clusterMinor(): number {
  const said = run('kubectl', ['version', '-o', 'json']);
  const { serverVersion } = JSON.parse(said) as { serverVersion?: { minor?: string } };
  // Clouds write 27+.
  const minor = Number.parseInt(serverVersion?.minor ?? '', 10);
  if (Number.isInteger(minor)) return minor;
  throw new UsageError('kubectl does not say which version the cluster has', {
    hint: 'say it: --kubernetes 1.24',
  });
}

/** @throws UsageError with what the program said */
function run(program: string, argv: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, argv, { encoding: 'utf8' });
  if (status === 0) return stdout;
  const why = error ? error.message : (stderr || stdout).trim();
  throw new UsageError(`${[program, ...argv].join(' ')}: ${why}`, {
    hint: 'without --start the file is only written',
    cause: error,
  });
}
