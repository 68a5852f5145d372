/** The lock file of a bundle: where everything is from, and its checksums. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PlaybookError, z } from 'tsplay';

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

/** What a bundle has: its archives of programs, images and packages, with their checksums. */
export type BundleLock = z.output<typeof schema>;
export type LockedArchive = BundleLock['archives'][number];
export type LockedFile = z.output<typeof file>;
export type LockedPackage = BundleLock['packages'][number];

export const lockName = 'kubernetes.lock.json';

/** A folder that `play bundle` made. */
export interface Bundle {
  /** Absolute. */
  readonly folder: string;
  readonly lock: BundleLock;
}

/**
 * Reads the lock file of a bundle.
 * @param path the folder, relative to where `play` was started
 * @returns the folder and what is in it
 * @throws PlaybookError when there is no lock file, or it is not one
 * @example export const images = readBundle('bundle').lock.images.map(({ path }) => path);
 */
export function readBundle(path: string): Bundle {
  const folder = resolve(path);
  const file = join(folder, lockName);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PlaybookError(`the bundle ${path} has no ${lockName}`, {
      hint: `create it on a machine with internet: play bundle --kubernetes VERSION -o ${path}`,
      cause,
    });
  }
  return { folder, lock: parseLock(text, file) };
}

function parseLock(text: string, file: string): BundleLock {
  const parsed = schema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlaybookError(`${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    hint: 'create it again with play bundle',
  });
}

/** @returns what was written, defaults included */
export async function writeLock(
  bundle: string,
  given: z.input<typeof schema>,
): Promise<BundleLock> {
  const lock = schema.parse(given);
  await writeFile(join(bundle, lockName), `${JSON.stringify(lock, null, 2)}\n`);
  return lock;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlaybookError(`${path} is no JSON`, {
      hint: 'create it again with play bundle',
      cause,
    });
  }
}
