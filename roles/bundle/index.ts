/**
 * Roles bundle-packages and bundle-images: what a bundle has besides programs. Without a bundle, or
 * where it has none of them, they do nothing.
 */
import { basename, join } from 'node:path';
import {
  aptRepository,
  choose,
  file,
  fileContent,
  filesFrom,
  mirror,
  role,
  type SourceFile,
} from 'tsplay';
import { containerImage, readBundle } from 'tsplay/kubernetes';
import { bundleVariables, type BundleVariables } from './variables.ts';

export const bundledPackages = role({
  name: 'bundle-packages',
  tags: ['bundle'],
  vars: bundleVariables,
  *tasks({ vars }) {
    const bundle = bundleOf(vars);
    if (!bundle || bundle.lock.packages.length === 0) return;
    const { folder, lock } = bundle;
    const files = async (): Promise<readonly SourceFile[]> => [
      { path: 'Packages', content: await fileContent(join(folder, 'packages/Packages')) },
      ...(await Promise.all(
        lock.packages.map(async ({ path, sha256 }) => ({
          path: basename(path),
          content: await fileContent(join(folder, path), sha256),
        })),
      )),
    ];
    yield choose('packages of the bundle', (run) => run.facts.os.family, {
      debian: [
        file('folder of packages', {
          path: vars.bundlePackagesDir,
          state: 'directory',
          mode: '0755',
        }),
        mirror('packages', {
          source: filesFrom(`packages of ${folder}`, files),
          dest: vars.bundlePackagesDir,
          mode: '0644',
          delete: true,
        }),
        aptRepository('source of apt', {
          name: 'tsplay-bundle',
          uris: `file:${vars.bundlePackagesDir}`,
          suites: './',
          // Every file has been compared with the lock file.
          trusted: true,
        }),
      ],
      default: [],
    });
  },
});

export const bundledImages = role({
  name: 'bundle-images',
  tags: ['bundle'],
  vars: bundleVariables,
  *tasks({ vars }) {
    const bundle = bundleOf(vars);
    for (const { path } of bundle?.lock.images ?? []) {
      yield containerImage(`image ${basename(path)}`, {
        src: join(bundle?.folder ?? '', path),
        runtime: vars.clusterRuntime,
      });
    }
  },
});

/** Read when the role is collected: a folder that is no bundle is refused before anything connects. */
const bundleOf = ({ kubernetesSource: source }: BundleVariables) =>
  source.kind === 'release' && source.bundle !== undefined ? readBundle(source.bundle) : undefined;
