/** A local shell behind a link that can be slow, cut or refused: for tests of the engine. */
import { spawn } from 'node:child_process';
import { Transform, type TransformCallback } from 'node:stream';
import { UnreachableError } from '../errors.ts';
import { childStream } from './child-stream.ts';
import type { ByteStream, Connection, Transport } from './transport.ts';

export interface FakeLink {
  /** Milliseconds that bytes need, each way. */
  delay?: number;
  /** The link breaks after this many bytes towards the host. */
  cutAfterUp?: number;
  /** The link breaks after this many bytes from the host's stdout. */
  cutAfterDown?: number;
  /** Opening fails with this message. */
  refuse?: string;
  /** The far end's command line; default `/bin/sh`. */
  shell?: readonly string[];
  /** Added to the far end's environment. */
  environment?: Readonly<Record<string, string>>;
  /** Counted: streams opened, bytes each way. */
  opened?: number;
  bytesUp?: number;
  bytesDown?: number;
}

const links = new Map<string, FakeLink>();

/** Sets how the fake host of that name behaves; the object is read, and counted in, live. */
export function fakeLink(host: string, link: FakeLink): FakeLink {
  links.set(host, link);
  return link;
}

async function open(connection: Connection): Promise<ByteStream> {
  const link = links.get(connection.host) ?? fakeLink(connection.host, {});
  await new Promise((resolve) => setTimeout(resolve, link.delay ?? 0));
  if (link.refuse !== undefined)
    throw new UnreachableError(`cannot reach ${connection.host}: ${link.refuse}`);
  link.opened = (link.opened ?? 0) + 1;
  const [program = '/bin/sh', ...words] = link.shell ?? [];
  const env = { ...process.env, ...link.environment };
  const child = spawn(
    '/bin/sh',
    ['-c', 'tsplay_anchor="$$ $PPID" "$@"; exit $?', 'sh', program, ...words],
    {
      detached: true,
      env,
    },
  );
  const inner = childStream(child, { why: (said) => said.trim().split('\n').at(-1) ?? '' });
  let cut = false;
  const breakLink = (): void => {
    cut = true;
    inner.kill();
  };
  const up = new Delay(
    link,
    (size) => {
      link.bytesUp = (link.bytesUp ?? 0) + size;
      return link.cutAfterUp === undefined || link.bytesUp <= link.cutAfterUp;
    },
    breakLink,
  );
  const down = new Delay(
    link,
    (size) => {
      link.bytesDown = (link.bytesDown ?? 0) + size;
      return link.cutAfterDown === undefined || link.bytesDown <= link.cutAfterDown;
    },
    breakLink,
  );
  const error = new Delay(link, () => true, breakLink);
  up.pipe(inner.stdin);
  inner.stdout.pipe(down);
  inner.stderr.pipe(error);
  for (const stream of [up, down, error]) stream.on('error', () => undefined);
  const closed = inner.closed.then((end) => (cut ? { code: null, why: 'the link was cut' } : end));
  return { stdin: up, stdout: down, stderr: error, closed, kill: inner.kill };
}

class Delay extends Transform {
  readonly #link: FakeLink;
  readonly #passes: (size: number) => boolean;
  readonly #breakLink: () => void;

  constructor(link: FakeLink, passes: (size: number) => boolean, breakLink: () => void) {
    super({ highWaterMark: 1024 * 1024 });
    this.#link = link;
    this.#passes = passes;
    this.#breakLink = breakLink;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (!this.#passes(chunk.length)) this.#breakLink();
    else this.#later(() => this.push(chunk));
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#later(done);
  }

  /** Timers of one length fire in order, so bytes keep theirs. */
  #later(then: () => void): void {
    if (this.#link.delay) setTimeout(then, this.#link.delay);
    else then();
  }
}

export const fake: Transport = { name: 'fake', open };
