import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { http } from '../../../engine/readers/network/http.ts';
import { parseFrame } from '../../../engine/readers/network/http-answer.ts';
import type { HttpRequest } from '../../../engine/readers/network/http-request.ts';
import { answering, type Server } from '../../modules/answering.ts';
import { fewTools } from '../../modules/few-tools.ts';
import { ask, plainShells, shells } from '../../modules/shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

let server: Server;
beforeAll(async () => void (server = await answering()));
afterAll(() => server.stop());

const request = (path: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  url: path.startsWith('/') ? server.url + path : path,
  method: 'GET',
  headers: [],
  timeout: 5,
  ...more,
});

describe.each(shells)('under %s', (shell) => {
  describe.each([
    ['curl', false],
    ['wget', false],
    ['wget', true],
  ] as const)('with %s (busybox: %s)', (tool, busybox) => {
    const look = (...requests: HttpRequest[]) => {
      const tools = fewTools([tool], busybox);
      const reads = requests.map((one) => http({ request: one }));
      const answers = ask(shell, reads, { environment: { PATH: tools.path } });
      tools.remove();
      return answers;
    };

    test('several requests answer with status, headers and body', () => {
      const answers = look(request('/healthz'), request('/broken'), request('/healthz'));
      expect(answers).toMatchObject([
        { value: { status: 200, body: 'state\nok: yes\n', headers: { 'x-kind': 'health' } } },
        { value: { status: 503 } },
        { value: { status: 200, body: 'state\nok: yes\n' } },
      ]);
    });

    test('a redirect is followed, the headers are those of the last answer', () => {
      const [answer] = look(request('/moved', { follow: true }));
      expect(answer).toMatchObject({ value: { status: 200, body: 'state\nok: yes\n' } });
      expect(answer).not.toMatchObject({ value: { headers: { location: expect.anything() } } });
    });

    test('bytes that are no text are never decoded', () => {
      const [answer] = look(request('/bytes'));
      expect(answer).toMatchObject({ value: { status: 200, body: '', binary: true, size: 4 } });
    });

    test('headers are sent as they are', () => {
      const headers = [['X-Odd', `a "b" \\n $HOME it's`]] as const;
      const [answer] = look(request('/echo', { headers }));
      if (answer?.answer !== 'value') throw new Error('no answer');
      expect(JSON.parse(answer.value.body)).toMatchObject({
        method: 'GET',
        headers: { 'x-odd': `a "b" \\n $HOME it's` },
      });
      expect(answer.value.headers).toMatchObject({ 'x-twice': 'a, b' });
    });

    test('where nobody answers, status is 0 and the tool says why', () => {
      const [answer] = look(request('http://127.0.0.1:9/'));
      expect(answer).toMatchObject({ value: { status: 0, said: expect.stringMatching(/./) } });
    });
  });

  test('curl sends method, body and user, and none of it stands in a command line', () => {
    const [answer] = ask(shell, [
      http({
        request: request('/echo?a=[1]', {
          method: 'PUT',
          body: 'line\n"quoted" \\ é %s',
          user: 'deploy:p"w',
          secret: true,
        }),
      }),
    ]);
    if (answer?.answer !== 'value') throw new Error('no answer');
    expect(JSON.parse(answer.value.body)).toMatchObject({
      method: 'PUT',
      url: '/echo?a=[1]',
      body: 'line\n"quoted" \\ é %s',
      headers: { authorization: `Basic ${Buffer.from('deploy:p"w').toString('base64')}` },
    });
    const script = http.definition.script([{ request: request('/', { user: 'a:hunter2' }) }], 'm');
    const commands = script.split('\n').filter((line) => /\bcurl -|\bwget -/.test(line));
    expect(commands.join('\n')).not.toContain('hunter2');
  });

  test('a secret is refused where only wget is there', () => {
    const tools = fewTools(['wget']);
    const read = http({ request: request('/', { secret: true }) });
    expect(ask(shell, [read], { environment: { PATH: tools.path } })).toEqual([
      { answer: 'denied', why: 'wget cannot send secrets; install curl on the host' },
    ]);
    tools.remove();
  });
});

describe.each(plainShells)('under %s', (shell) => {
  test('without curl and wget it says so', () => {
    const tools = fewTools([]);
    const read = http({ request: request('/') });
    expect(ask(shell, [read], { environment: { PATH: tools.path } })).toEqual([
      { answer: 'denied', why: 'the host has neither curl nor wget' },
    ]);
    tools.remove();
  });
});

test('a frame that was cut is an error, not an answer', () => {
  expect(() => parseFrame(Buffer.from('HTTP/1.1 200 OK\r\n'), 'm')).toThrow('cut short');
});
