/** A release site on loopback. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ReleaseSite {
  readonly url: string;
  /** Paths that were asked for, with the range. */
  readonly asked: string[];
  /** The next answer breaks off after so many bytes. */
  breakAfter(bytes: number): void;
  close(): Promise<void>;
}

/** Serves files by path until the test ends. */
export async function releaseSite(files: Readonly<Record<string, Buffer>>): Promise<ReleaseSite> {
  const asked: string[] = [];
  let cut: number | undefined;
  const server = createServer((request, response) => {
    // apt asks for `/./Packages`.
    const path = new URL(request.url ?? '', 'http://site').pathname;
    const begin = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    asked.push(begin > 0 ? `${path} from ${begin}` : path);
    const whole = files[path];
    if (!whole) {
      response.writeHead(404).end();
      return;
    }
    const body = whole.subarray(begin);
    response.writeHead(begin > 0 ? 206 : 200, { 'content-length': body.length });
    if (cut === undefined) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 50));
    cut = undefined;
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => {
      server.close(done);
    });
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    breakAfter(bytes) {
      cut = bytes;
    },
    close,
  };
}
