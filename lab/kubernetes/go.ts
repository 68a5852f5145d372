import { join } from 'node:path';
import { cached, cacheFolder, once } from './cache.ts';
import { openDebian } from './debian.ts';
import { runner } from './process.ts';

/**
 * The Go that Kubernetes 1.20 was made for. Binaries that Go 1.18 or later makes of it crash at
 * the first encoding of a map (the vendored reflect2), which `--version` does not show.
 */
export const goVersion = '1.15';
const suite = 'bullseye';

/** Answers GOROOT of the cached toolchain, taken from Debian's packages when it is missing. */
export async function goRoot(report: (line: string) => void): Promise<string> {
  const folder = join(cacheFolder(), 'go', `${goVersion}-${suite}`);
  return cached(folder, async ({ work, result, lock }) => {
    report(`fetching Go ${goVersion} from Debian ${suite}`);
    const run = runner({ log: join(work, 'go.log'), keepOpen: lock });
    const apt = join(work, 'apt');
    const unpacked = await once(join(work, 'packages', 'root'), async (unfinished) => {
      const debian = await openDebian(apt, [{ type: 'deb', suite }], run);
      await debian.unpack([`golang-${goVersion}-go`, `golang-${goVersion}-src`], unfinished);
    });
    // Debian's GOROOT links its sources from /usr/share: copied through the links, it stands alone.
    const debianRoot = join(unpacked, 'usr/lib', `go-${goVersion}`);
    const parts = ['bin', 'pkg', 'src', 'VERSION'].map((part) => join(debianRoot, part));
    await run(['cp', '-a', '-L', ...parts, result]);
    await run([join(result, 'bin/go'), 'version'], { env: { GOROOT: result } });
  });
}
