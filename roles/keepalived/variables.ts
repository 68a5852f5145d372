/** Variables of the role keepalived. */
import { isIP } from 'node:net';
import { secretTextThat, z } from 'tsplay';
import { word } from '../variables.ts';

/** keepalived reads eight bytes and drops the rest. */
const longestPassword = 8;
const published = ['transwarp', '1111', '1234', 'password', 'secret', 'keepaliv'];

/** `10.0.0.9/24`; without a length it is a single address. */
const sharedAddress = z.string().refine((text) => {
  const [ip = '', length, ...rest] = text.split('/');
  const version = isIP(ip);
  if (version === 0 || rest.length > 0) return false;
  return (
    length === undefined || (/^\d+$/.test(length) && Number(length) <= (version === 4 ? 32 : 128))
  );
}, "must be an address with the length of its network: '10.0.0.9/24'");

export const keepalivedVariables = z.strictObject({
  keepalivedAddress: sharedAddress.describe('the virtual address, with the length of its network'),
  keepalivedGroup: word.default('keepalived').describe('the group of the hosts that share it'),
  keepalivedRouterId: z
    .int()
    .min(1)
    .max(255)
    .refine(
      (id) => id !== 51,
      'must not be 51: every example has it, and two clusters with one id in a network conflict',
    )
    .describe('virtual router id, unique in the network'),
  keepalivedPassword: secretTextThat((plain) => {
    if (Buffer.byteLength(plain) > longestPassword) {
      return `has ${Buffer.byteLength(plain)} characters: keepalived takes ${longestPassword} and drops the rest`;
    }
    if (published.includes(plain)) return 'is in published examples: choose another';
    return /^[A-Za-z0-9_.+=-]+$/.test(plain) ? undefined : 'must be letters, digits and _.+=-';
  }).describe('up to 8 characters'),
  keepalivedPriority: z
    .int()
    .min(1)
    .max(254)
    .optional()
    .describe(
      'the host with the highest priority gets the address; default: by the order of the inventory',
    ),
  keepalivedWeight: z
    .int()
    .min(-253)
    .max(-1)
    .default(-60)
    .describe(
      'added to the priority while the check fails; must bridge the largest gap between priorities',
    ),
  keepalivedCheck: z
    .string()
    .regex(/^\/[^"\r\n]*$/, 'must begin with the absolute path of a program, and have no quotes')
    .default('/usr/bin/systemctl --quiet is-active haproxy.service')
    .describe('a command that fails if the host must not have the address'),
  keepalivedInterface: word.optional().describe("default: the interface of the host's address"),
  keepalivedInterval: z
    .int()
    .min(1)
    .max(60)
    .default(1)
    .describe('seconds between two VRRP advertisements'),
});

export type KeepalivedVariables = z.output<typeof keepalivedVariables>;
