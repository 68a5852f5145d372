/** The programs as files for `mirror`, wherever they are from. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileContent, filesFrom, PlayError, type FileSource, type SourceFile } from 'tsplay';
import type { Architecture, KubernetesVersion } from '../versions/index.ts';
import { compressed, exists } from './cache.ts';
import { allPrograms, type Program } from './programs.ts';
import { releasePrograms, type Programs } from './release.ts';
import type { KubernetesSource } from './variables.ts';

export interface Wanted {
  readonly from: KubernetesSource;
  readonly version: KubernetesVersion;
  readonly architecture: Architecture;
  readonly programs: readonly Program[];
  /** Whether hosts get them compressed. */
  readonly compress: boolean;
}

/** Found once a run, for all hosts. */
const found = new Map<string, Promise<Programs>>();
const contents = new Map<string, Promise<SourceFile>>();

/** Files to give to `mirror`. */
export function programSource(wanted: Wanted): FileSource {
  const name = `Kubernetes ${wanted.version.text} (${wanted.from.kind}, ${wanted.architecture})`;
  return filesFrom(name, async () => {
    const key = JSON.stringify([wanted.from, wanted.version.text, wanted.architecture]);
    const programs = await shared(found, key, () => programsFrom(wanted));
    return Promise.all(
      wanted.programs
        .filter((program) => programs.files[program] !== undefined)
        .map((program) => fileOf(programs, program, wanted.compress)),
    );
  });
}

/** Work that hosts share; what failed is tried again by the next. */
function shared<T>(
  known: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
): Promise<T> {
  const there = known.get(key);
  if (there) return there;
  const made = make();
  known.set(key, made);
  made.catch(() => known.delete(key));
  return made;
}

function fileOf(programs: Programs, path: Program, compress: boolean): Promise<SourceFile> {
  const digest = programs.files[path]?.sha256;
  return shared(contents, `${programs.directory}/${path} ${digest} ${compress}`, async () => {
    const content = await fileContent(join(programs.directory, path), digest);
    return { path, content, ...(compress && { gzip: await compressed(content) }) };
  });
}

async function programsFrom({ from, version, architecture }: Wanted): Promise<Programs> {
  if (from.kind === 'directory') return programsIn(resolve(from.path));
  if (from.kind === 'source') return builtPrograms(version, architecture);
  const { site, bundle } = from;
  const sha512 = from.sha512?.[architecture];
  const folder = bundle === undefined ? undefined : resolve(bundle);
  return releasePrograms({ version, architecture, site, sha512, bundle: folder });
}

/** @throws PlayError where Debian's source package is another version */
async function builtPrograms(
  version: KubernetesVersion,
  architecture: Architecture,
): Promise<Programs> {
  const own = process.arch === 'x64' ? 'amd64' : process.arch;
  if (architecture !== own) {
    throw new PlayError(`programs for ${architecture} cannot be built on ${own}`);
  }
  const { kubernetesBinaries } = await import('../../lab/kubernetes/build.ts');
  const built = await kubernetesBinaries();
  if (built.version !== `v${version.text}`) {
    throw new PlayError(
      `Debian's source package is Kubernetes ${built.version}, not ${version.text}`,
      {
        hint: `set kubernetesVersion: ${built.version.slice(1)}, or take another kind of kubernetesSource`,
      },
    );
  }
  return programsIn(built.directory);
}

/** Programs of a folder; a SHA256SUMS beside it or in it spares reading them all. */
async function programsIn(directory: string): Promise<Programs> {
  const names = await readdir(directory).catch((cause: unknown) => {
    throw new PlayError(`the folder ${directory} cannot be read`, { cause });
  });
  const sums = await sumsOf(directory);
  const known: readonly string[] = allPrograms;
  const files: Record<string, { sha256: string; size: number }> = {};
  for (const name of names.filter((each) => known.includes(each))) {
    const { digest, size } = await fileContent(join(directory, name), sums.get(name));
    files[name] = { sha256: digest, size };
  }
  return { directory, files };
}

async function sumsOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const beside = [join(directory, 'SHA256SUMS'), join(dirname(directory), 'SHA256SUMS')];
  for (const path of beside) {
    if (!(await exists(path))) continue;
    const lines = (await readFile(path, 'utf8')).split('\n');
    const pairs = lines.map((line) => /^([0-9a-f]{64}) [ *](?:.*\/)?([^/]+)$/.exec(line));
    return new Map(pairs.flatMap((pair) => (pair ? [[pair[2] ?? '', pair[1] ?? '']] : [])));
  }
  return new Map();
}
