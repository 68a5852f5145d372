/** Module `fetch`: a file of the host comes to the controller. */
import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { fileDigest } from '../../../digest.ts';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import type { Controller } from '../../../module/module.ts';
import { action, same, invalidatesNothing, type Output } from '../../../module/plan.ts';
import { file } from '../../../readers/files/file.ts';
import { plainPath } from '../../../readers/files/path-words.ts';
import { sh, type Script } from '../../../shell/script.ts';
import { absolutePath } from '../../shared/argument.ts';
import { openLocal, refuseOutside, type LocalFile } from './write-local.ts';

/** Bytes of a part: it travels as base64 within one answer of 8 MiB. */
export const partSize = 4 * 1024 * 1024;

const args = z.strictObject({
  src: absolutePath.describe('the file on the host; links are followed'),
  dest: z
    .string()
    .min(1)
    .describe('local folder: the file becomes DEST/HOST/PATH; with flat the file, or a folder/'),
  flat: z
    .boolean()
    .default(false)
    .describe('put the file into dest itself, without folders of host and path'),
  failOnMissing: z.boolean().default(true).describe('false: a missing file is no error'),
});

interface Prepared extends z.output<typeof args> {
  /** Absolute local path. */
  readonly local: string;
  /** The folder that it must be below, whatever the path on the host is. */
  readonly root: string;
  /** sha256 of what is there now. */
  readonly localDigest: string | undefined;
}

export interface FetchResult {
  /** Absolute local path. */
  readonly path: string;
  /** sha256; empty where there was nothing to fetch. */
  readonly digest: string;
}

export const fetch = defineModule({
  name: 'fetch',
  summary: 'Copies a file of the host to the controller.',
  resultIsLocal: true,
  reach: () => 'controller',
  args,
  example: `fetch('keep the certificate', { src: '/etc/ssl/app.pem', dest: 'fetched' })`,
  returns: {
    path: 'absolute local path',
    digest: 'sha256; empty where there was nothing to fetch',
  },
  prepare,
  reads: (want: Prepared) => ({ file: sourceOf(want) }),
  plan(want, is) {
    const { local } = want;
    const src = plainPath(want.src);
    if (is.file === undefined) {
      if (want.failOnMissing) throw new StepError(`cannot fetch ${src}: it does not exist`);
      return same<FetchResult>({ path: local, digest: '' });
    }
    const { type, digest = '', size, mode } = is.file;
    if (type !== 'file') throw new StepError(`${src} is a ${type}, not a file`);
    if (digest === want.localDigest) return same<FetchResult>({ path: local, digest });
    // what others could not read on the host they can't read here
    const localMode = (Number.parseInt(mode, 8) & 0o004) === 0 ? 0o600 : 0o644;
    const { next, finish, abandon } = receiving(want, localMode, { src, digest, size });
    return action<FetchResult>({
      script: partOf(src, 0),
      parts: { next, abandon },
      result: finish,
      invalidates: invalidatesNothing,
      writes: [local],
      guarded: true,
      differences: [{ what: local, from: shortDigest(want.localDigest), to: shortDigest(digest) }],
    });
  },
});

const sourceOf = (want: Prepared) => file({ path: want.src, follow: true, digest: true });

async function prepare(want: z.output<typeof args>, controller: Controller): Promise<Prepared> {
  const { root, local } = placeOf(want, controller.host);
  refuseOutside(root, local);
  return { ...want, root, local, localDigest: await digestOf(local) };
}

function placeOf({ src, dest, flat }: z.output<typeof args>, host: string) {
  const root = resolve(dest);
  if (!flat) return { root, local: join(root, host, plainPath(src)) };
  if (dest.endsWith('/')) return { root, local: join(root, basename(src)) };
  return { root: dirname(root), local: root };
}

/** Undefined where there is no such file. */
async function digestOf(path: string): Promise<string | undefined> {
  try {
    return await fileDigest(path);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new StepError(`cannot read ${path} on the controller`, { cause });
  }
}

/** `dd` finds its place in a large file without reading what comes before. */
const partOf = (src: string, part: number): Script =>
  sh`dd if=${src} bs=${partSize} skip=${part} count=1 2>/dev/null | base64`;

/** Nothing gets its name but what was read. Its functions throw StepError. */
function receiving(
  { root, local: path }: Prepared,
  mode: number,
  { src, digest, size }: { readonly src: string; readonly digest: string; readonly size: number },
) {
  const hash = createHash('sha256');
  let file: LocalFile | undefined;
  let received = 0;
  const abandon = (): void => file?.abandon();
  return {
    abandon,
    next: ({ stdout }: Output): Script | undefined => {
      const bytes = Buffer.from(stdout, 'base64');
      if (bytes.length === 0 && received < size) return undefined;
      if (!file) refuseOutside(root, path);
      file ??= openLocal(path, mode);
      file.add(bytes);
      hash.update(bytes);
      received += bytes.length;
      const isWhole = bytes.length === partSize;
      return isWhole && received < size ? partOf(src, received / partSize) : undefined;
    },
    finish: (): FetchResult => {
      if (received !== size || hash.digest('hex') !== digest) {
        abandon();
        throw new StepError(`${src} changed while it was fetched, or arrived incomplete`);
      }
      file?.finish();
      return { path, digest };
    },
  };
}

const shortDigest = (digest: string | undefined): string =>
  digest === undefined ? 'absent' : `sha256 ${digest.slice(0, 12)}`;
