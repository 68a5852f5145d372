/** The lock file of a bundle: where everything is from, and its checksums. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlayError, z } from 'tsplay';

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const schema = z.strictObject({
  kubernetes: z.string().describe('the version'),
  archives: z.array(
    z.strictObject({
      architecture: z.enum(['amd64', 'arm64']),
      url: z.url(),
      sha512: hex(128),
      /** Below the bundle. */
      path: z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/),
      programs: z.record(
        z.string().regex(/^[\w-]+$/),
        z.strictObject({ sha256: hex(64), size: z.int().min(0) }),
      ),
    }),
  ),
});

export type Lock = z.output<typeof schema>;
export type LockedArchive = Lock['archives'][number];

export const lockName = 'kubernetes.lock.json';

/** @throws PlayError when there is none, or it is not one */
export async function readLock(bundle: string): Promise<Lock> {
  const path = join(bundle, lockName);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new PlayError(`the bundle ${bundle} has no ${lockName}`, {
      hint: `make it where the internet is: play bundle --kubernetes VERSION -o ${bundle}`,
      cause,
    });
  });
  const parsed = schema.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlayError(`${path}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    hint: 'make it anew with play bundle',
  });
}

export async function writeLock(bundle: string, lock: Lock): Promise<void> {
  await writeFile(join(bundle, lockName), `${JSON.stringify(lock, null, 2)}\n`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlayError(`${path} is no JSON`, { hint: 'make it anew with play bundle', cause });
  }
}
