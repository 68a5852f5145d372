/** Files that the controller fetches over HTTP: kept by their digest, continued where they broke off. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { fileDigest, sha256 } from '../digest.ts';
import { StepError } from '../errors.ts';
import type { Download } from '../module/module.ts';
import { reveal, isSecret } from '../secrets/secret.ts';
import { cacheFolder } from './cache-folder.ts';

/** Seconds until a server must have begun to answer. */
const answerLimit = 60;

/** A file of the cache. */
export interface Fetched {
  readonly path: string;
  /** sha256 */
  readonly digest: string;
}

/**
 * What is in the cache already, if its bytes are what its name says: a crash may have left less.
 * Without a checksum nobody knows what to look for.
 */
export async function keptFile({ sha256 }: Download): Promise<Fetched | undefined> {
  if (sha256 === undefined) return undefined;
  const path = join(cacheFolder('downloads'), sha256);
  const digest = await fileDigest(path).catch(() => undefined);
  if (digest === sha256) return { path, digest };
  if (digest !== undefined) await rm(path, { force: true });
  return undefined;
}

/** Parts of their own for those that this process fetches at once. */
let downloads = 0;

/**
 * @param signal ends it; what has come is kept, and gone on with
 * @throws StepError that names the URL, what it answered, and what to do
 */
export async function download(of: Download, signal: AbortSignal): Promise<Fetched> {
  const folder = cacheFolder('downloads');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = sha256(`${of.url} ${of.sha256 ?? ''}`);
  downloads += 1;
  const part = join(folder, `${name.slice(0, 32)}.${process.pid}.${downloads}.part`);
  // What another run left unfinished is gone on with; two that run at once have one each.
  const left = join(folder, `${name.slice(0, 32)}.part`);
  await rename(left, part).catch(() => undefined);
  try {
    const digest = await fetchInto(of, part, signal);
    const path = join(folder, digest);
    await onDisk(part);
    await rename(part, path);
    await onDisk(folder);
    return { path, digest };
  } catch (error) {
    await rename(part, left).catch(() => undefined);
    throw error;
  }
}

/** What gets its name must be whole even after a crash. */
async function onDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @returns the sha256 of what is whole then */
async function fetchInto(of: Download, part: string, signal: AbortSignal): Promise<string> {
  // Without a checksum nobody knows whether the server still has the same file.
  const begun = of.sha256 === undefined ? 0 : await sizeOf(part);
  await receive(of, part, begun, signal);
  const digest = await fileDigest(part);
  if (of.sha256 === undefined || digest === of.sha256) return digest;
  if (begun > 0) {
    await receive(of, part, 0, signal);
    const anew = await fileDigest(part);
    if (anew === of.sha256) return anew;
  }
  await rm(part);
  throw new StepError(`${of.url} has the sha256 ${digest}, not ${of.sha256}`, {
    hint: 'it is damaged or another file; it was not kept',
  });
}

async function receive(
  of: Download,
  part: string,
  begun: number,
  signal: AbortSignal,
): Promise<void> {
  const answer = await request(of, begun > 0 ? { range: `bytes=${begun}-` } : {}, signal);
  // A part that holds it all already cannot be continued.
  if (answer.status === 416 && begun > 0) return;
  if (!answer.ok || answer.body === null) throw failed(of, `answered ${answer.status}`);
  const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
  const flags = answer.status === 206 ? 'a' : 'w';
  const into = createWriteStream(part, { flags, mode: 0o600 });
  await pipeline(body, into, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw failed(of, `broke off: ${reasonOf(error)}`, 'run again: it goes on where it stopped');
  });
}

async function request(
  of: Download,
  more: Readonly<Record<string, string>>,
  ended: AbortSignal,
): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), answerLimit * 1000);
  const signal = AbortSignal.any([limit.signal, ended]);
  const own = Object.entries(of.headers ?? {}).map(
    ([name, text]) => [name, isSecret(text) ? reveal(text) : text] as const,
  );
  // Compressed on the way, it would have neither its length nor its bytes.
  const headers = { 'accept-encoding': 'identity', ...Object.fromEntries(own), ...more };
  try {
    return await fetch(of.url, { headers, signal });
  } catch (error) {
    ended.throwIfAborted();
    throw failed(of, limit.signal.aborted ? `no answer in ${answerLimit} s` : reasonOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

const failed = (of: Download, why: string, hint?: string): StepError =>
  new StepError(`${of.url} cannot be fetched by the controller: ${why}`, { hint });

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
