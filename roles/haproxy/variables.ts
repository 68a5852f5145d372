/** Variables of the role haproxy. */
import { secretTextThat, z } from 'tsplay';
import { address, hostPath, port, word } from '../variables.ts';

const duration = z.string().regex(/^\d+(ms|s|m|h|d)$/, "must be a duration like '4h' or '500ms'");

/** How a server is asked whether it works; without `path` a connection is enough. */
const check = z
  .strictObject({
    path: z
      .string()
      .regex(/^\/[^\s"'\\]*$/, 'must be a path that begins with /')
      .optional()
      .describe('path to GET over HTTP; without it, a connection is enough'),
    status: z.int().min(100).max(599).default(200),
    tls: z
      .strictObject({
        ca: hostPath.optional().describe('CA certificates of the servers'),
        cert: hostPath.optional().describe('client certificate and key in one file'),
      })
      .optional()
      .describe('check over TLS; without `ca` the certificate is not verified'),
    interval: duration.default('2s'),
    timeout: duration.default('1s'),
    fall: z.int().min(1).default(2).describe('failed checks until a server is down'),
    rise: z.int().min(1).default(2),
  })
  .prefault({});

const service = z.strictObject({
  name: word,
  address: address.optional().describe('address on which it listens; default: all'),
  port,
  mode: z.enum(['tcp', 'http']).default('tcp'),
  balance: z.enum(['roundrobin', 'leastconn', 'source', 'first']).default('roundrobin'),
  servers: z
    .union([
      z.strictObject({ group: word, port }),
      z.array(z.strictObject({ name: word, address, port })).min(1),
    ])
    .describe('a group of the inventory with a port, or a list of name, address and port'),
  check,
  idle: duration
    .default('4h')
    .describe('idle time after which a connection is closed; watches last long'),
});

export type Service = z.output<typeof service>;

const wellKnown = [
  '123456',
  '12345678',
  'admin',
  'administrator',
  'haproxy',
  'password',
  'changeme',
];

const stats = z.strictObject({
  address: address.default('127.0.0.1'),
  port: port.default(10080),
  user: word,
  password: secretTextThat((plain) => {
    if (wellKnown.includes(plain)) return 'is among the first that attackers try';
    if (plain.length < 8) return 'has fewer than 8 characters';
    return /^[\x21-\x7e]+$/.test(plain) ? undefined : 'must be ASCII without blanks';
  }),
});

/** Lines of the user's own that are known to stop haproxy or to open it to everybody. */
const ownLine = z
  .string()
  .regex(/^[^\r\n]*$/, 'must be one line')
  .refine((line) => !/^\s*nbproc\b/.test(line), 'nbproc: haproxy 2.5 and later refuse to start')
  .refine(
    (line) => !/^\s*stats\s+admin\s+if\s+TRUE\b/i.test(line),
    'stats admin if TRUE: anybody who sees the page could disable servers',
  );

export const haproxyVariables = z.strictObject({
  haproxyServices: z
    .array(service)
    .min(1)
    .refine(
      (all) => new Set(all.map(({ name }) => name)).size === all.length,
      'two services of one name',
    )
    .refine(
      (all) =>
        new Set(all.map((each) => `${each.address ?? '*'} ${each.port}`)).size === all.length,
      'two services on one port',
    ),
  haproxyMaxConnections: z
    .int()
    .min(1)
    .default(4000)
    .describe('maximum number of connections; each needs two open files'),
  haproxyStats: stats.optional().describe('page of statistics; default: none'),
  haproxyGlobal: z.array(ownLine).default([]).describe('further lines of the section global'),
});

export type HaproxyVariables = z.output<typeof haproxyVariables>;
