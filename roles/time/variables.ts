/** Variables of the role time. */
import { isIP } from 'node:net';
import { z } from 'tsplay';
import { sharedKernel, word } from '../variables.ts';

const zone = z
  .string()
  .regex(/^[A-Za-z][\w+-]*(\/[A-Za-z][\w+-]*)*$/, "must be the name of a zone: 'Europe/Berlin'");

/** `10.20.0.0/24` */
const allowed = z.string().refine((text) => {
  const [ip = '', length = '', ...rest] = text.split('/');
  const version = isIP(ip);
  return (
    version > 0 &&
    rest.length === 0 &&
    /^\d+$/.test(length) &&
    Number(length) <= (version === 4 ? 32 : 128)
  );
}, 'must be a network: 10.20.0.0/24');

export const timeVariables = z.strictObject({
  sharedKernel,
  timeServerGroup: word
    .default('chrony_server')
    .describe(
      'group of hosts that ask the sources and serve the others; without it each host asks the sources',
    ),
  timeSources: z
    .array(z.union([word, z.strictObject({ pool: word })]))
    .default([{ pool: 'pool.ntp.org' }])
    .describe('NTP servers or pools; empty without internet'),
  timeAllow: z
    .array(allowed)
    .default([])
    .describe('networks that the servers answer; default: the addresses of the other hosts'),
  timeZone: zone.optional().describe('default: unchanged'),
  timeMaxOffset: z
    .number()
    .positive()
    .default(0.5)
    .describe('greatest offset of a clock in seconds'),
  timeWait: z.int().min(0).default(60).describe('seconds within which a clock must be right'),
});

export type TimeVariables = z.output<typeof timeVariables>;
