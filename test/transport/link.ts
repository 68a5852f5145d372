/** A TCP link to a port of this machine that can be cut, reset, frozen or refused. */
import { connect, createServer, type Socket } from 'node:net';

export interface Link {
  readonly port: number;
  readonly connections: number;
  /** Closes what is open, politely. */
  cut(): void;
  /** Resets what is open. */
  reset(): void;
  /** Nothing comes back, and the far end does not learn that the near one closes, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** Accepts and closes the next connections. */
  refuseNext(count: number): void;
  stop(): void;
}

export async function startLink(to: number): Promise<Link> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let frozen = false;
  let refusing = 0;
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    near.on('error', () => undefined);
    if (refusing > 0) {
      refusing -= 1;
      near.destroy();
      return;
    }
    const far = connect({ host: '127.0.0.1', port: to });
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, into] of [pair, [far, near] as const]) {
      from.setNoDelay(true);
      from.on('error', () => undefined);
      from.on('data', (chunk) => {
        if (frozen && from === far) far.pause();
        else into.write(chunk);
      });
      from.on('close', () => {
        if (frozen) return;
        into.destroy();
        pairs.delete(pair);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const all = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) pair.forEach(act);
  };
  return {
    port,
    get connections() {
      return connections;
    },
    cut: () => all((socket) => socket.destroy()),
    reset: () => all((socket) => socket.resetAndDestroy()),
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
    },
    refuseNext: (count) => {
      refusing = count;
    },
    stop: () => {
      all((socket) => socket.destroy());
      server.close();
    },
  };
}
