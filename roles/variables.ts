/** Pieces of variables that several roles use. */
import { isIP } from 'node:net';
import { z } from 'tsplay';

/** A TCP port. */
export const port = z.int().min(1).max(65_535);

/** An absolute path on the host that may stand in a configuration file without quotes. */
export const hostPath = z
  .string()
  .regex(/^\/[\w./@+-]*$/, 'must be an absolute path without blanks or quotes');

/** A name that may stand in a configuration file. */
export const word = z.string().regex(/^[\w.-]+$/, 'must be letters, digits, dots, dashes');

/** An IPv4 or IPv6 address. */
export const address = z
  .string()
  .refine((text) => isIP(text) !== 0, 'must be an IP address, not a name');

/** Hosts are containers of the controller's kernel: swap, clock, modules and most sysctls are its. */
export const sharedKernel = z
  .boolean()
  .default(false)
  .describe("the host shares its kernel with others: leave the kernel's settings alone");

/** An address as it stands in a URL or before a port. */
export const inUrl = (text: string): string => (isIP(text) === 6 ? `[${text}]` : text);
