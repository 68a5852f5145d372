/** What a local archive of images (`docker save`) holds. */
import { contentOf, readTar, StepError, z } from 'tsplay';

/** Configurations are JSON of a few KiB; what is larger is a layer. */
const largestConfiguration = 1024 * 1024;

const manifests = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullable() }),
);

export interface ArchivedImage {
  /** sha256 of the configuration, lower-case hex. */
  readonly id: string;
  /** As docker writes them: `busybox:1.35`. */
  readonly names: readonly string[];
}

/** @throws StepError for what is no archive of images */
export async function imagesIn(archive: string): Promise<readonly ArchivedImage[]> {
  const small = new Map<string, Buffer[]>();
  await readTar(archive, ({ path, size }) => {
    if (size > largestConfiguration) return undefined;
    const parts: Buffer[] = [];
    small.set(path, parts);
    return (bytes) => void parts.push(Buffer.from(bytes));
  });
  const textOf = (path: string): Buffer | undefined => {
    const parts = small.get(path);
    return parts && Buffer.concat(parts);
  };
  const parsed = manifests.safeParse(parseJson(textOf('manifest.json')));
  if (!parsed.success) {
    throw new StepError(`${archive} is no archive of images`, {
      hint: 'create it with docker save or ctr images export',
    });
  }
  return parsed.data.map(({ Config, RepoTags }) => {
    const configuration = textOf(Config);
    if (!configuration) throw new StepError(`${archive} lacks ${Config}`);
    const id = contentOf(configuration).digest;
    return { id, names: RepoTags ?? [] };
  });
}

function parseJson(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}

/** The name as containerd has it: with the registry that docker leaves out, and a tag. */
export function fullName(name: string): string {
  const [first = '', ...rest] = name.split('/');
  const registry = /[.:]/.test(first) || first === 'localhost';
  const path =
    registry && rest.length > 0 ? name : `docker.io/${rest.length === 0 ? 'library/' : ''}${name}`;
  return /[:@]/.test(path.slice(path.lastIndexOf('/'))) ? path : `${path}:latest`;
}
