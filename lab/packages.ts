/** Programs of this machine and the Debian packages that bring them. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { attempt, demand, programPath } from './program.ts';

/** Program, or its whole path where it must be there, → Debian package that brings it. */
export type Programs = Readonly<Record<string, string>>;

/** Those of the programs that this machine lacks. */
export async function absentOf(programs: Programs): Promise<string[]> {
  const names = Object.keys(programs);
  const found = await Promise.all(names.map(isThere));
  return names.filter((_, index) => !found[index]);
}

/** `sshd (package openssh-server), …` */
export function withPackages(absent: readonly string[], programs: Programs): string {
  return absent.map((program) => `${program} (package ${programs[program]})`).join(', ');
}

/** The packages that bring these programs, each once. */
export function packagesOf(absent: readonly string[], programs: Programs): string[] {
  return [...new Set(absent.map((program) => programs[program] ?? program))].toSorted();
}

/** Installs by apt, as root. @throws PlayError with apt's own words */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Others may hold dpkg's lock for a while.
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=300'];
  const argv = [...apt, 'install', '-yq', '--no-install-recommends', ...packages];
  if ((await attempt(argv, { environment })).code === 0) return;
  // The usual reason is an old list of packages.
  await demand([...apt, 'update', '-q'], { environment });
  await demand(argv, { environment });
}

export async function isThere(program: string): Promise<boolean> {
  const paths = program.startsWith('/')
    ? [program]
    : programPath()
        .split(delimiter)
        .map((folder) => join(folder, program));
  for (const path of paths) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
