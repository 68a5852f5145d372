/** Sends a content's bytes: exactly as many as were promised, then whether they were good. */
import type { Writable } from 'node:stream';
import { PlayError } from '../../errors.ts';
import type { Content } from '../content.ts';

const zeros = Buffer.alloc(64 * 1024);

/**
 * @param closed settles when the stream is gone, so that nobody waits for it to drain
 * @returns bytes written, and why the host was told not to use them
 */
export async function sendContent(
  stdin: Writable,
  content: Content,
  closed: Promise<unknown>,
): Promise<{ readonly bytes: number; readonly failure: Error | undefined }> {
  let sent = 0;
  let failure: Error | undefined;
  try {
    for await (const chunk of content.open() as AsyncIterable<Buffer>) {
      if (stdin.destroyed) return { bytes: sent, failure };
      const bytes = chunk.subarray(0, content.size - sent);
      if (bytes.length < chunk.length) throw changed();
      sent += bytes.length;
      await write(stdin, bytes, closed);
    }
    if (sent < content.size) throw changed();
  } catch (error) {
    failure = error instanceof Error ? error : changed();
  }
  while (sent < content.size && !stdin.destroyed) {
    const bytes = zeros.subarray(0, content.size - sent);
    sent += bytes.length;
    await write(stdin, bytes, closed);
  }
  const verdict = failure ? 'bad\n' : 'good\n';
  await write(stdin, Buffer.from(verdict), closed);
  return { bytes: sent + verdict.length, failure };
}

async function write(stdin: Writable, bytes: Buffer, closed: Promise<unknown>): Promise<void> {
  if (stdin.write(bytes)) return;
  let drained: () => void = () => undefined;
  const drain = new Promise<void>((resolve) => {
    drained = resolve;
    stdin.once('drain', drained);
  });
  await Promise.race([drain, closed]);
  stdin.off('drain', drained);
}

const changed = (): PlayError =>
  new PlayError('a file changed while it was sent', { hint: 'run again' });
