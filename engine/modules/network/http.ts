import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import type { Text } from '../../module/module.ts';
import { action, same, type Output } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { StepError } from '../../errors.ts';
import { parseFrame, type HttpAnswer } from '../../readers/network/http-answer.ts';
import { http as httpReader } from '../../readers/network/http.ts';
import { httpCommand, type HttpRequest } from '../../readers/network/http-request.ts';
import { isSecret } from '../../secrets/secret.ts';
import { rawScript } from '../../shell/script.ts';
import { plain, textValue } from '../shared/argument.ts';
import { httpTarget, toRequest } from '../shared/http-target.ts';

const args = z.strictObject({
  ...httpTarget,
  method: z
    .enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    .default('GET')
    .describe('GET and HEAD only read; every other method is an action'),
  body: textValue.optional().describe('request body'),
  json: z.json().optional().describe('request body that is sent as JSON, in place of body'),
  status: z
    .array(z.int().min(100).max(599))
    .min(1)
    .optional()
    .describe('expected status; default any from 200 to 299'),
  contains: z.string().min(1).optional().describe('text that the body must contain'),
  follow: z.boolean().default(true).describe('GET and HEAD follow redirects'),
  independent: z
    .boolean()
    .default(false)
    .describe('nothing in the playbook changes the answer, so check always asks'),
});
type Want = z.output<typeof args>;

const readOnly: readonly string[] = ['GET', 'HEAD'];

/** No answer of a server has it; the frame of an action needs no secret of the session. */
const mark = 'tsplay-end-of-answer';

/** An HTTP request that the host makes. */
export const http = defineModule({
  name: 'http',
  summary: 'Makes an HTTP request from the host and checks the answer; GET only reads.',
  kind: 'action',
  args,
  example: `http('register', { url: 'http://127.0.0.1:8500/v1/agent/service/register', method: 'PUT', json: { name: 'web' } })`,
  returns: {
    status: 'status code, 0 where no server answered',
    headers: 'response headers, names in lower case',
    body: 'response body; empty where it is not UTF-8 text',
    json: 'the body parsed, where it is JSON',
  },
  mistakes(want) {
    const mistakes: string[] = [];
    const sends = want.body !== undefined || want.json !== undefined;
    if (want.body !== undefined && want.json !== undefined) mistakes.push('give body or json');
    if (sends && readOnly.includes(want.method)) {
      mistakes.push(`a ${want.method} request has no body; set method`);
    }
    return mistakes;
  },
  reads: (want): { readonly answer?: Read<HttpAnswer> } => {
    if (!readOnly.includes(want.method)) return {};
    const { independent } = want;
    return { answer: httpReader({ request: request(want), ...(independent && { independent }) }) };
  },
  plan(want, is: { readonly answer?: HttpAnswer | undefined }) {
    if (is.answer) {
      const failed = wrong(want, is.answer);
      return { ...same(toResult(is.answer)), ...(failed !== undefined && { failed }) };
    }
    return action({
      script: rawScript(httpCommand(request(want), mark, true)),
      result: (output) => toResult(answerOf(output)),
      failed: (output) => wrong(want, answerOf(output)),
      differences: [{ what: `${want.method} ${want.url}`, from: undefined, to: 'sent' }],
      timeout: want.requestTimeout + 30,
    });
  },
});

function request(want: Want): HttpRequest {
  const { method, json } = want;
  const body: Text | undefined = json === undefined ? want.body : JSON.stringify(json);
  const typed = Object.keys(want.headers).some((name) => name.toLowerCase() === 'content-type');
  const headers =
    json === undefined || typed
      ? want.headers
      : { ...want.headers, 'Content-Type': 'application/json' };
  return toRequest(
    { ...want, headers },
    {
      method,
      ...(body !== undefined && { body: plain(body), secret: isSecret(body) }),
      ...(want.follow && readOnly.includes(method) && { follow: true }),
    },
  );
}

function answerOf(output: Output): HttpAnswer {
  const end = output.stdout.lastIndexOf(`\n${mark}.\n`);
  if (end < 0) throw new StepError(`the request was not made: ${output.stderr.trim()}`);
  return parseFrame(Buffer.from(output.stdout.slice(0, end)), mark);
}

function wrong(want: Want, answer: HttpAnswer): string | undefined {
  const asked = `${want.method} ${want.url}`;
  if (answer.tool === 'none') return answer.said;
  if (answer.status === 0) return `${asked}: ${answer.said || 'no answer'}`;
  const good = want.status?.includes(answer.status) ?? Math.floor(answer.status / 100) === 2;
  const start = answer.body.slice(0, 500);
  if (!good) return `${asked}: status ${answer.status}\n${start}`.trim();
  if (want.contains !== undefined && !answer.body.includes(want.contains)) {
    return `${asked}: the body does not have '${want.contains}'\n${start}`.trim();
  }
  return undefined;
}

function toResult({ status, headers, body }: HttpAnswer) {
  return { status, headers, body, json: parsed(body) };
}

function parsed(body: string): unknown {
  if (!/^\s*[[{"\dtfn-]/.test(body)) return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
