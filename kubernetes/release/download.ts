/** Fetches a file over HTTP, goes on where it stopped, and keeps it only with the right checksum. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { PlayError } from 'tsplay';

/** Seconds until a site must have begun to answer. */
const answerLimit = 60;

/**
 * @param path where the file is to be; `path.part` holds what arrived so far
 * @param sha512 lower-case hex
 * @throws PlayError that names the url and what to do
 */
export async function download(url: string, path: string, sha512: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const begun = await sizeOf(part);
  const answer = await get(url, begun > 0 ? { range: `bytes=${begun}-` } : {});
  const goesOn = answer.status === 206;
  // A part that holds it all already cannot be continued.
  if (answer.status !== 416) {
    if (!answer.ok || answer.body === null) throw refused(url, `answered ${answer.status}`);
    const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
    const file = createWriteStream(part, { flags: goesOn ? 'a' : 'w' });
    await pipeline(body, file).catch((error: unknown) => {
      throw refused(url, `broke off: ${reasonOf(error)}`, 'run again: the download is resumed');
    });
  }
  const found = await sha512Of(part);
  if (found !== sha512) {
    await rm(part);
    throw new PlayError(
      `${url} has the sha512 ${found.slice(0, 16)}…, not ${sha512.slice(0, 16)}…`,
      {
        hint: 'it is damaged or another file, and was removed. Run again, or check the sum',
      },
    );
  }
  await rename(part, path);
}

/** A small text. @throws PlayError */
export async function downloadText(url: string): Promise<string> {
  const answer = await get(url, {});
  if (!answer.ok) throw refused(url, `answered ${answer.status}`);
  return answer.text();
}

async function get(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), answerLimit * 1000);
  try {
    return await fetch(url, { headers, signal: limit.signal });
  } catch (error) {
    const why = limit.signal.aborted ? `no answer in ${answerLimit} s` : reasonOf(error);
    throw refused(url, why);
  } finally {
    clearTimeout(timer);
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
};

const refused = (
  url: string,
  why: string,
  hint = "without internet: run 'play bundle' on a machine that has it, and set kubernetesSource: { kind: release, bundle: DIR }",
): PlayError => new PlayError(`${url} cannot be fetched: ${why}`, { hint });

/** sha512 of a local file, lower-case hex. */
export async function sha512Of(path: string): Promise<string> {
  const sum = createHash('sha512');
  await pipeline(createReadStream(path), sum);
  return sum.digest('hex');
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
