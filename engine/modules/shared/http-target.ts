/** Where an HTTP request of the host goes, and how it is made: arguments of `http` and `waitFor`. */
import { z } from 'zod';
import type { Text } from '../../module/module.ts';
import type { HttpRequest } from '../../readers/network/http-request.ts';
import { isSecret } from '../../secrets/secret.ts';
import { absolutePath, plain, textValue } from './argument.ts';

/** A header's name or text must not start another line. */
const oneLine = (text: Text) => !/[\r\n]/.test(plain(text));

export const httpTarget = {
  url: z
    .string()
    .regex(/^https?:\/\/[^\s]+$/, 'must be an http or https URL without blanks')
    .describe('the address, as the host reaches it'),
  headers: z
    .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is not a header name'), textValue)
    .refine((headers) => Object.values(headers).every(oneLine), 'a header must be one line')
    .default({})
    .describe('request headers; a secret never stands in a command line'),
  basicAuth: z
    .strictObject({ user: z.string(), password: textValue })
    .optional()
    .describe('user and password'),
  ca: absolutePath.optional().describe('CA certificates on the host; default the system’s'),
  cert: absolutePath.optional().describe('client certificate on the host'),
  key: absolutePath.optional().describe('its key on the host'),
  insecure: z.boolean().default(false).describe('do not verify the certificate of the server'),
  requestTimeout: z.int().min(1).max(3600).default(10).describe('seconds for one request'),
};

const schema = z.strictObject(httpTarget);

/** The request, a GET unless `more` says otherwise. */
export function toRequest(
  target: z.output<typeof schema>,
  more: Pick<HttpRequest, 'body' | 'follow'> & { readonly method?: string; secret?: boolean } = {},
): HttpRequest {
  const { url, headers, basicAuth, ca, cert, key, insecure, requestTimeout: timeout } = target;
  const secret = basicAuth !== undefined || Object.values(headers).some(isSecret) || more.secret;
  return {
    method: 'GET',
    ...more,
    url,
    timeout,
    headers: Object.entries(headers).map(([name, text]) => [name, plain(text)] as const),
    ...(basicAuth && { user: `${basicAuth.user}:${plain(basicAuth.password)}` }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(insecure && { insecure }),
    ...(secret === true && { secret }),
  };
}
