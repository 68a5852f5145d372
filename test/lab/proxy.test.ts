import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openSlowDoor } from '../../lab/proxy.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A server that sends back what it gets. */
async function openEcho(): Promise<{ host: string; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return { host: '127.0.0.1', port: address.port };
}

async function openDoor(to: { host: string; port: number }, roundTrip: number) {
  const door = await openSlowDoor(to, roundTrip);
  closing.push(() => door.close());
  return door;
}

async function enter(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port });
  closing.push(() => void socket.destroy());
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  return socket;
}

/** Sends a question and waits for as many bytes back; answers them and the milliseconds taken. */
async function ask(socket: Socket, question: Buffer): Promise<[Buffer, number]> {
  const started = performance.now();
  const chunks: Buffer[] = [];
  let length = 0;
  let closed = (): void => undefined;
  const answered = new Promise<void>((resolve, reject) => {
    closed = () => reject(new Error('the line is closed'));
    socket.once('close', closed);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= question.length) resolve();
    });
  });
  socket.write(question);
  await answered;
  socket.removeAllListeners('data').off('close', closed);
  return [Buffer.concat(chunks), performance.now() - started];
}

test('each question costs one round trip, the first one two: opening costs as well', async () => {
  const door = await openDoor(await openEcho(), 80);
  const socket = await enter(door.port);
  const [, first] = await ask(socket, Buffer.from('one'));
  const later: number[] = [];
  for (const word of ['two', 'three', 'four', 'five', 'six']) {
    const [, took] = await ask(socket, Buffer.from(word));
    later.push(took);
  }
  expect(first).toBeGreaterThanOrEqual(155);
  // A busy machine adds to some of them, not to the quickest.
  expect(Math.min(...later)).toBeGreaterThanOrEqual(75);
  expect(Math.min(...later)).toBeLessThan(155);
});

test('ten megabytes arrive in order, and a line is latency, not bandwidth', async () => {
  const door = await openDoor(await openEcho(), 40);
  const socket = await enter(door.port);
  const question = Buffer.alloc(10_000_000);
  for (let index = 0; index < question.length; index += 4) question.writeUInt32BE(index, index);
  const [answer] = await ask(socket, question);
  expect(answer.equals(question)).toBe(true);
  expect(door.sent).toBe(question.length);
  expect(door.received).toBe(question.length);
});

test('bytes and connections are counted', async () => {
  const door = await openDoor(await openEcho(), 0);
  await ask(await enter(door.port), Buffer.from('12345'));
  await ask(await enter(door.port), Buffer.from('123'));
  expect(door).toMatchObject({ sent: 8, received: 8, connections: 2 });
});

test('an answer still arrives after the asker has closed its half', async () => {
  const door = await openDoor(await openEcho(), 20);
  const socket = connect({ host: '127.0.0.1', port: door.port, allowHalfOpen: true });
  socket.end('the whole question');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toBe('the whole question');
});

test('a door to where nothing listens closes the connection', async () => {
  const gone = await openEcho();
  await closing.pop()?.();
  const door = await openDoor(gone, 0);
  const socket = await enter(door.port);
  await new Promise((resolve) => socket.once('close', resolve).once('error', () => {}));
  expect(socket.destroyed).toBe(true);
});
