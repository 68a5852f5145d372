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
    .describe('hosts that ask the sources and serve the others; without it each host asks them'),
  timeSources: z
    .array(z.union([word, z.strictObject({ pool: word })]))
    .default([{ pool: 'pool.ntp.org' }])
    .describe('servers, or pools of them; none where there is no internet'),
  timeAllow: z
    .array(allowed)
    .default([])
    .describe('networks that servers answer; default: the addresses of the other hosts'),
  timeZone: zone.optional().describe('left as it is where it is not given'),
  timeMaxOffset: z.number().positive().default(0.5).describe('seconds that a clock may be off'),
  timeWait: z.int().min(0).default(60).describe('seconds until a clock must be right'),
});

export type TimeVariables = z.output<typeof timeVariables>;
