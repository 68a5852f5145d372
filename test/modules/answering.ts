/** A web server in a process of its own, since the tests block while a script runs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const program = `
import { createServer } from 'node:http';
const answers = {
  '/healthz': [200, 'state\\nok: yes\\n', { 'x-kind': 'health' }],
  '/broken': [503, 'no leader'],
  '/moved': [302, 'elsewhere', { location: '/healthz' }],
  '/bytes': [200, Buffer.from([0, 255, 10, 0])],
};
const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const { method, url, headers } = request;
  const body = Buffer.concat(parts).toString();
  const echo = [200, JSON.stringify({ method, url, headers, body }), { 'content-type': 'application/json', 'x-twice': ['a', 'b'] }];
  const [status, text, more] = answers[url] ?? (url.startsWith('/echo') ? echo : [404, 'nothing here']);
  response.writeHead(status, more).end(text);
}).listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  createServer().listen(port, '127.0.0.2', () => console.log(port));
});
`;

export interface Server {
  readonly port: number;
  readonly url: string;
  stop(): void;
}

/** Has /healthz, /broken (503), /moved (to /healthz), /bytes and /echo; 127.0.0.2 only listens. */
export async function answering(): Promise<Server> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  return { port, url: `http://127.0.0.1:${port}`, stop: () => void child.kill('SIGKILL') };
}
