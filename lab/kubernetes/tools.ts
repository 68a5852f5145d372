import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { PlayError } from 'tsplay';
import type { Run } from './process.ts';

/** Programs, and the Debian packages that a build with them needs. */
export type Tools = Readonly<Record<string, readonly string[]>>;

/** Whether a program of this name is on the path. */
function installed(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The packages of those tools whose program is missing, each once. */
export function missingPackages(
  tools: Tools,
  isInstalled: (program: string) => boolean = installed,
): string[] {
  const missing = Object.entries(tools).filter(([program]) => !isInstalled(program));
  return [...new Set(missing.flatMap(([, packages]) => packages))];
}

/**
 * Installs by apt what is missing of some tools.
 * Throws PlayError naming the packages when this user may not install them.
 */
export async function ensureTools(
  tools: Tools,
  run: Run,
  report: (line: string) => void,
): Promise<void> {
  const packages = missingPackages(tools);
  if (packages.length === 0) return;
  if (process.getuid?.() !== 0) {
    throw new PlayError(`the build needs packages that are not installed: ${packages.join(' ')}`, {
      hint: `as root: apt-get install --no-install-recommends ${packages.join(' ')}`,
    });
  }
  report(`installing ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Others may hold dpkg's lock for a while.
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=300'] as const;
  await run([...apt, 'update'], { env });
  await run([...apt, 'install', '-y', '--no-install-recommends', ...packages], { env });
}
