/** A web server with ranges, in this process, that keeps what it was asked. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Serving {
  readonly url: string;
  /** `GET /path range`, in order. */
  readonly asked: string[];
  readonly headers: IncomingHttpHeaders[];
  /** Bytes by path. */
  readonly files: Map<string, Buffer>;
  /** After so many bytes of a body the connection is cut, once. */
  cutAfter: number | undefined;
  ranges: boolean;
}

/** Serves until the test is finished. */
export async function serving(files: Readonly<Record<string, Buffer | string>>): Promise<Serving> {
  const all = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const server = createServer((request, response) => {
    const { url = '/', headers, method } = request;
    of.asked.push([method, url, headers.range].filter((part) => part !== undefined).join(' '));
    of.headers.push(headers);
    const whole = all.get(url);
    if (whole === undefined) return void response.writeHead(404).end('nothing here');
    const from = of.ranges ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
    if (from >= whole.length && from > 0) return void response.writeHead(416).end();
    const body = whole.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': body.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` }),
    });
    const { cutAfter } = of;
    of.cutAfter = undefined;
    if (cutAfter === undefined) return void response.end(body);
    response.write(body.subarray(0, cutAfter), () =>
      setTimeout(() => request.socket.destroy(), 50),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const of: Serving = {
    url,
    asked: [],
    headers: [],
    files: all,
    cutAfter: undefined,
    ranges: true,
  };
  return of;
}
