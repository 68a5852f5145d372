/** What the controller downloads in a run: once for all who want it at the same time. */
import { createHash } from 'node:crypto';
import { StepError } from '../errors.ts';
import type { Download } from '../module/module.ts';
import { isSecret, reveal } from '../secrets/secret.ts';
import type { Content } from '../shell/content.ts';
import { fileContent } from '../shell/file-content.ts';
import { download, keptFile, type Fetched } from './download.ts';
import { signatureOf } from './kept-files.ts';

interface UnderWay {
  readonly fetched: Promise<Fetched>;
  readonly end: AbortController;
  waiting: number;
}

interface Done extends Fetched {
  /** Of the file in the cache. */
  readonly signature: string;
}

export interface DownloadAt {
  /** Counts what may have changed; what has no checksum may be another behind it. */
  readonly files: number;
  readonly signal: AbortSignal;
  /** Of a step whose turn has not come. */
  readonly ahead: boolean;
}

export class Downloads {
  readonly #underWay = new Map<string, UnderWay>();
  readonly #done = new Map<string, Done>();

  /** @throws StepError; the signal's reason when it ends the wait */
  async get(of: Download, at: DownloadAt): Promise<Content> {
    const key = keyOf(of, at.files);
    const known = this.#done.get(key) ?? (await this.#fromCache(of, key));
    if (known && (await signatureOf(known.path))?.signature === known.signature)
      return fileContent(known.path, known.digest);
    // Once the play changes things, what is not there yet waits for its turn.
    if (at.ahead && at.files > 0) throw new StepError(`${of.url} is fetched at its turn`);
    const { path, digest } = await this.#join(of, key, at.signal);
    return fileContent(path, digest);
  }

  /** A file that an earlier run left may be damaged: it is read once before it is believed. */
  async #fromCache(of: Download, key: string): Promise<Done | undefined> {
    const fetched = await keptFile(of);
    return fetched && this.#keep(key, fetched);
  }

  async #keep(key: string, { path, digest }: Fetched): Promise<Done | undefined> {
    const found = await signatureOf(path);
    if (!found) return undefined;
    const done = { path, digest, signature: found.signature };
    this.#done.set(key, done);
    return done;
  }

  /** The download ends when nobody waits for it any more. */
  async #join(of: Download, key: string, signal: AbortSignal): Promise<Fetched> {
    signal.throwIfAborted();
    const work = this.#underWay.get(key) ?? this.#begin(of, key);
    work.waiting += 1;
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason as Error);
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([work.fetched, left]);
    } finally {
      signal.removeEventListener('abort', leave);
      work.waiting -= 1;
      if (work.waiting === 0) work.end.abort();
    }
  }

  #begin(of: Download, key: string): UnderWay {
    const end = new AbortController();
    const fetched = download(of, end.signal).then(async (found) => {
      await this.#keep(key, found);
      return found;
    });
    const work: UnderWay = { fetched, end, waiting: 0 };
    this.#underWay.set(key, work);
    const over = (): void => {
      if (this.#underWay.get(key) === work) this.#underWay.delete(key);
    };
    fetched.then(over, over);
    end.signal.addEventListener('abort', over, { once: true });
    return work;
  }
}

function keyOf({ url, sha256, headers = {} }: Download, files: number): string {
  if (sha256 !== undefined) return sha256;
  const sum = createHash('sha256');
  for (const [name, text] of Object.entries(headers))
    sum.update(`${name}\0${isSecret(text) ? reveal(text) : text}\0`);
  return `${url} ${sum.digest('hex')} ${files}`;
}
