/** The lock file of a bundle: where everything is from, and its checksums. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlayError, z } from 'tsplay';

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

/** Below the bundle. */
const path = z.string().regex(/^(?!\/)(?!.*\.\.)[\w./+~-]+$/);

const file = z.strictObject({ path, sha256: hex(64), size: z.int().min(0) });

const schema = z.strictObject({
  kubernetes: z.string().describe('the version'),
  archives: z.array(
    z.strictObject({
      architecture: z.enum(['amd64', 'arm64']),
      url: z.url(),
      sha512: hex(128),
      path,
      programs: z.record(
        z.string().regex(/^[\w-]+$/),
        z.strictObject({ sha256: hex(64), size: z.int().min(0) }),
      ),
    }),
  ),
  images: z.array(file).default([]).describe('archives with one image each'),
  packages: z
    .array(file.extend({ url: z.string().min(1) }))
    .default([])
    .describe("Debian's packages, which packages/Packages lists for apt"),
});

export type Lock = z.output<typeof schema>;
export type LockedArchive = Lock['archives'][number];
export type LockedFile = z.output<typeof file>;
export type LockedPackage = Lock['packages'][number];

export const lockName = 'kubernetes.lock.json';

/** @throws PlayError when there is none, or it is not one */
export async function readLock(bundle: string): Promise<Lock> {
  const text = await readFile(join(bundle, lockName), 'utf8').catch((cause: unknown) => {
    throw new PlayError(`the bundle ${bundle} has no ${lockName}`, {
      hint: `make it where the internet is: play bundle --kubernetes VERSION -o ${bundle}`,
      cause,
    });
  });
  return parseLock(text, join(bundle, lockName));
}

/** @param file where the text is from, for errors */
export function parseLock(text: string, file: string): Lock {
  const parsed = schema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlayError(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    hint: 'make it anew with play bundle',
  });
}

/** @returns what was written, defaults included */
export async function writeLock(bundle: string, given: z.input<typeof schema>): Promise<Lock> {
  const lock = schema.parse(given);
  await writeFile(join(bundle, lockName), `${JSON.stringify(lock, null, 2)}\n`);
  return lock;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlayError(`${path} is no JSON`, { hint: 'make it anew with play bundle', cause });
  }
}
