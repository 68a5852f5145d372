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

/** A name of an image, or anything without blanks. */
export const image = z.string().regex(/^\S+$/, 'must be the name of an image');

/** Variables of another role that one takes too; the reference page has them with that role. */
export function taken<S extends Readonly<Record<string, z.ZodType>>, K extends keyof S & string>(
  role: string,
  { shape }: z.ZodObject<S>,
  ...names: readonly K[]
): Pick<S, K> {
  const fields = names.map((name) => [
    name,
    (shape[name] as z.ZodType).describe(`as of the role ${role}`),
  ]);
  return Object.fromEntries(fields) as Pick<S, K>;
}

/** Refuses the variable, or what this path leads to within one. */
export type Refuse = (path: string | readonly string[], message: string) => void;

/** For `superRefine`: what only several variables show together. */
export const refusing =
  <V>(body: (vars: V, refuse: Refuse) => void) =>
  (vars: V, context: z.RefinementCtx): void =>
    body(vars, (path, message) =>
      context.addIssue({ code: 'custom', path: [path].flat(), message }),
    );
