import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once, recipeHash, type Workplace } from './cache.ts';
import { openDebian } from './debian.ts';
import { goRoot } from './go.ts';
import { runner } from './process.ts';
import { ensureTools } from './tools.ts';

const sources = fileURLToPath(new URL('stand-ins', import.meta.url));
const suite = 'bookworm';

/** The static programs that the images are made of, and how busybox can be called. */
export interface Programs {
  readonly pause: Buffer;
  readonly dns: Buffer;
  readonly metrics: Buffer;
  /** One web server a version. */
  readonly web: ReadonlyMap<string, Buffer>;
  readonly busybox: Buffer;
  readonly applets: readonly string[];
}

/** Changes when a source of a stand-in does. */
export function sourcesHash(): string {
  const files = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files
    .toSorted()
    .map((file) => `${file.slice(sources.length)}\n${readFileSync(file, 'utf8')}`);
  return recipeHash(...texts);
}

/** Compiles the stand-ins and fetches busybox from Debian. Throws PlayError when a step fails. */
export async function compilePrograms(
  { work, lock }: Workplace,
  webVersions: readonly string[],
  report: (line: string) => void,
): Promise<Programs> {
  const run = runner({ log: join(work, 'build.log'), keepOpen: lock, nice: 10 });
  await ensureTools({ gcc: ['gcc', 'libc6-dev'] }, run, report);
  const goroot = await goRoot(report);
  const bin = join(work, 'bin');
  await mkdir(bin, { recursive: true });

  const env = {
    GOROOT: goroot,
    GOPATH: join(work, 'gopath'),
    GOCACHE: join(work, 'go-cache'),
    GO111MODULE: 'off',
    GOFLAGS: undefined,
    CGO_ENABLED: '0',
  };
  const compileGo = async (folder: string, name: string, stamp: readonly string[] = []) => {
    const output = join(bin, name);
    // Without a build id equal sources give equal bytes.
    const flags = ['-s', '-w', '-buildid=', ...stamp].join(' ');
    const argv = ['build', '-trimpath', '-ldflags', flags, '-o', output] as const;
    await run([join(goroot, 'bin/go'), ...argv], { cwd: join(sources, folder), env });
    return readFile(output);
  };
  report('compiling the stand-ins');
  const pause = join(bin, 'pause');
  await run(['gcc', '-Os', '-static', '-s', '-o', pause, join(sources, 'pause/pause.c')]);
  const web = new Map<string, Buffer>();
  for (const version of webVersions) {
    const stamp = ['-X', `main.version=${version}`];
    web.set(version, await compileGo('web', `web-${version}`, stamp));
  }

  report(`fetching busybox from Debian ${suite}`);
  const unpacked = await once(join(work, 'packages'), async (unfinished) => {
    const debian = await openDebian(join(work, 'apt'), [{ type: 'deb', suite }], run);
    await debian.unpack(['busybox-static'], join(unfinished, 'root'));
  });
  const busybox = join(unpacked, 'root/bin/busybox');
  return {
    pause: await readFile(pause),
    dns: await compileGo('dns', 'dns'),
    metrics: await compileGo('metrics', 'metrics'),
    web,
    busybox: await readFile(busybox),
    applets: (await run([busybox, '--list'])).trim().split('\n'),
  };
}
