/** Files that the controller fetches over HTTP: kept by their digest, continued where they broke off. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { StepError } from '../errors.ts';
import type { Download } from '../module/module.ts';
import { reveal, isSecret } from '../secrets/secret.ts';
import type { Content } from '../shell/content.ts';
import { fileContent } from '../shell/file-content.ts';
import { cacheFolder } from './cache-folder.ts';

/** Seconds until a server must have begun to answer. */
const answerLimit = 60;

/** @throws StepError that names the URL, what it answered, and what to do */
export async function download(of: Download): Promise<Content> {
  const folder = cacheFolder('downloads');
  if (of.sha256 !== undefined) {
    const kept = join(folder, of.sha256);
    if (await exists(kept)) return fileContent(kept, of.sha256);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = createHash('sha256')
    .update(`${of.url} ${of.sha256 ?? ''}`)
    .digest('hex');
  const part = join(folder, `${name.slice(0, 32)}.${process.pid}.part`);
  // What another run left unfinished is gone on with; two that run at once have one each.
  const left = join(folder, `${name.slice(0, 32)}.part`);
  await rename(left, part).catch(() => undefined);
  try {
    const digest = await fetchInto(of, part);
    const kept = join(folder, digest);
    await rename(part, kept);
    return await fileContent(kept, digest);
  } catch (error) {
    await rename(part, left).catch(() => undefined);
    throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** @returns the sha256 of what is whole then */
async function fetchInto(of: Download, part: string): Promise<string> {
  // Without a checksum nobody knows whether the server still has the same file.
  const begun = of.sha256 === undefined ? 0 : await sizeOf(part);
  await receive(of, part, begun);
  const digest = await digestOf(part);
  if (of.sha256 === undefined || digest === of.sha256) return digest;
  if (begun > 0) {
    await receive(of, part, 0);
    const anew = await digestOf(part);
    if (anew === of.sha256) return anew;
  }
  await rm(part);
  throw new StepError(`${of.url} has the sha256 ${digest}, not ${of.sha256}`, {
    hint: 'it is damaged or another file; nothing of it was kept',
  });
}

async function receive(of: Download, part: string, begun: number): Promise<void> {
  const answer = await request(of, begun > 0 ? { range: `bytes=${begun}-` } : {});
  // A part that holds it all already cannot be continued.
  if (answer.status === 416 && begun > 0) return;
  if (!answer.ok || answer.body === null) throw failed(of, `answered ${answer.status}`);
  const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
  const flags = answer.status === 206 ? 'a' : 'w';
  await pipeline(body, createWriteStream(part, { flags, mode: 0o600 })).catch((error: unknown) => {
    throw failed(of, `broke off: ${reasonOf(error)}`, 'run again: it goes on where it stopped');
  });
}

async function request(of: Download, more: Readonly<Record<string, string>>): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), answerLimit * 1000);
  const own = Object.entries(of.headers ?? {}).map(
    ([name, text]) => [name, isSecret(text) ? reveal(text) : text] as const,
  );
  // Compressed on the way, it would have neither its length nor its bytes.
  const headers = { 'accept-encoding': 'identity', ...Object.fromEntries(own), ...more };
  try {
    return await fetch(of.url, { headers, signal: limit.signal });
  } catch (error) {
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

async function digestOf(path: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path), sum);
  return sum.digest('hex');
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
