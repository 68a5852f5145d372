/** The programs of a version as files for `mirror`, wherever they are from. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileContent, filesFrom, PlayError, type FileSource, type SourceFile } from 'tsplay';
import type { Architecture } from '../versions/archives.ts';
import type { KubernetesVersion } from '../versions/version.ts';
import { compressed, exists } from './cache.ts';
import { allPrograms, type Program } from './programs.ts';
import { releasePrograms, type Programs } from './release.ts';

/** Where programs come from; paths are of the controller. */
export type ProgramOrigin =
  | {
      /** The official archive, or what `play bundle` kept of it. */
      readonly kind: 'release';
      /** A mirror of https://dl.k8s.io. */
      readonly site?: string | undefined;
      /** Checksums of archives that the table of versions does not have. */
      readonly sha512?: Readonly<Partial<Record<Architecture, string | undefined>>> | undefined;
      /** A folder that `play bundle` made: then nothing is fetched. */
      readonly bundle?: string | undefined;
    }
  | { readonly kind: 'directory'; readonly path: string }
  | {
      /** Built when they are needed. @returns the folder that has them */
      readonly kind: 'source';
      readonly build: (version: KubernetesVersion, architecture: Architecture) => Promise<string>;
    };

/** What `programSource` is asked for. */
export interface ProgramOptions {
  readonly from: ProgramOrigin;
  readonly version: KubernetesVersion;
  readonly architecture: Architecture;
  /** What the origin does not have is left out. */
  readonly programs: readonly Program[];
  /** Whether hosts get them compressed. */
  readonly compress: boolean;
}

/** Found once a run, for all hosts. */
const found = new Map<string, Promise<Programs>>();
const contents = new Map<string, Promise<SourceFile>>();

/**
 * Programs of Kubernetes for `mirror`: fetched once, checked, unpacked and kept on the controller.
 * @param wanted which programs of which version, and where they come from
 * @returns the source; a mistake of its origin is reported by the step that sends it
 * @example
 * export const kubectl = mirror('kubectl', {
 *   source: (run) =>
 *     programSource({
 *       from: { kind: 'release' },
 *       version: parseVersion('1.20.2'),
 *       architecture: architectureOf(run.facts.arch),
 *       programs: ['kubectl'],
 *       compress: true,
 *     }),
 *   only: ['kubectl'],
 *   dest: '/opt/k8s/bin',
 *   mode: '0755',
 * });
 */
export function programSource(wanted: ProgramOptions): FileSource {
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

async function programsFrom({ from, version, architecture }: ProgramOptions): Promise<Programs> {
  if (from.kind === 'directory') return programsIn(resolve(from.path));
  if (from.kind === 'source') return programsIn(await from.build(version, architecture));
  const { site, bundle } = from;
  return releasePrograms({
    version,
    architecture,
    site,
    sha512: from.sha512?.[architecture],
    bundle,
  });
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
