import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { http } from '../../../engine/modules/network/http.ts';
import type { HttpAnswer } from '../../../engine/readers/network/http-answer.ts';
import { secret } from '../../../engine/secrets/secret.ts';
import { answering, type Server } from '../answering.ts';
import { isAct, isSame, mistakes, planned, wanted } from '../planning.ts';
import { runScript, shells } from '../shells.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

let server: Server;
beforeAll(async () => void (server = await answering()));
afterAll(() => server.stop());

const url = 'http://127.0.0.1:8500/v1';
const answer = (given: Partial<HttpAnswer>): HttpAnswer => ({
  tool: 'curl',
  status: 200,
  headers: {},
  body: '',
  binary: false,
  size: 0,
  said: '',
  ...given,
});

test.each([
  ['200', {}, { status: 200 }, undefined],
  ['204', {}, { status: 204 }, undefined],
  ['a redirect', { follow: false }, { status: 302 }, /status 302/],
  ['500 with a body', {}, { status: 500, body: 'no leader' }, /status 500\nno leader/],
  ['a status that is asked for', { status: [404] }, { status: 404 }, undefined],
  ['a status that is not', { status: [404] }, { status: 200 }, /status 200/],
  ['a text in the body', { contains: 'ok' }, { body: 'all ok' }, undefined],
  ['no such text', { contains: 'ok' }, { body: 'nope' }, /does not have 'ok'\nnope/],
  ['no answer', {}, { status: 0, said: 'connection refused' }, /connection refused/],
])('GET judges %s', (_, args, given, failed) => {
  const plan = isSame(planned(http, { url, ...args }, { answer: answer(given) }));
  if (failed === undefined) expect(plan.failed).toBeUndefined();
  else expect(plan.failed).toMatch(failed);
});

test('JSON is parsed, other text is not', () => {
  const json = (body: string) =>
    isSame(planned(http, { url }, { answer: answer({ body }) })).result.json;
  expect(json('{"a": [1]}\n')).toEqual({ a: [1] });
  expect(json('true')).toBe(true);
  expect(json('not json')).toBeUndefined();
  expect(json('[broken')).toBeUndefined();
  expect(json('')).toBeUndefined();
});

test('GET and HEAD are reads, the others are actions', () => {
  const reads = (method: 'GET' | 'HEAD' | 'POST') =>
    Object.keys(
      http.definition.reads?.(wanted(http, { url, method }), { get: () => undefined }) ?? {},
    );
  expect(reads('GET')).toEqual(['answer']);
  expect(reads('HEAD')).toEqual(['answer']);
  expect(reads('POST')).toEqual([]);
  expect(planned(http, { url, method: 'POST' }, {}).plan).toBe('action');
});

test('requests that make no sense are refused', () => {
  expect(mistakes(http, { url, body: 'x' })).toEqual(['a GET request has no body; set method']);
  expect(mistakes(http, { url, method: 'PUT', body: 'x', json: {} })).toEqual([
    'give body or json',
  ]);
  const parse = (args: object) => http.definition.args.safeParse(args).success;
  expect(parse({ url: 'ftp://x/' })).toBe(false);
  expect(parse({ url: 'http://x/ y' })).toBe(false);
  expect(parse({ url, headers: { A: 'b\r\nC: d' } })).toBe(false);
  expect(parse({ url, headers: { 'A:': 'b' } })).toBe(false);
  expect(parse({ url, headers: { A: secret('b\nC: d') } })).toBe(false);
});

describe.each(shells)('under %s', (shell) => {
  test('POST sends JSON and a secret header, and reads the answer', () => {
    const args = {
      url: `${server.url}/echo`,
      method: 'POST',
      json: { name: "it's" },
      headers: { 'X-Token': secret('hunter2') },
    } as const;
    const plan = isAct(planned(http, args, {}));
    const output = runScript(shell, plan.script);
    expect(plan.failed?.(output)).toBeUndefined();
    expect(plan.result(output)).toMatchObject({
      status: 200,
      json: {
        method: 'POST',
        body: '{"name":"it\'s"}',
        headers: { 'content-type': 'application/json', 'x-token': 'hunter2' },
      },
    });
  });

  test('a status that is not expected is a failure', () => {
    const plan = isAct(planned(http, { url: `${server.url}/broken`, method: 'DELETE' }, {}));
    expect(plan.failed?.(runScript(shell, plan.script))).toMatch(/status 503\nno leader/);
  });
});
