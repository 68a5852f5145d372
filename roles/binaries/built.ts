/** Programs that are built on the controller from Debian's source package. */
import { PlayError } from 'tsplay';
import type { Architecture, KubernetesVersion } from 'tsplay/kubernetes';

/**
 * @returns the folder that has them
 * @throws PlayError where the source package is another version, or for another architecture
 */
export async function builtPrograms(
  version: KubernetesVersion,
  architecture: Architecture,
): Promise<string> {
  const own = process.arch === 'x64' ? 'amd64' : process.arch;
  if (architecture !== own) {
    throw new PlayError(`programs for ${architecture} cannot be built on ${own}`);
  }
  const { kubernetesBinaries } = await import('../../lab/kubernetes/build.ts');
  const built = await kubernetesBinaries();
  if (built.version === `v${version.text}`) return built.directory;
  throw new PlayError(
    `Debian's source package is Kubernetes ${built.version}, not ${version.text}`,
    {
      hint: `set kubernetesVersion: ${built.version.slice(1)}, or take another kind of kubernetesSource`,
    },
  );
}
