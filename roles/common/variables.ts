/** Variables of the role common. */
import { z } from 'tsplay';
import { address, sharedKernel, word } from '../variables.ts';

/** A name that Kubernetes and DNS accept. */
const hostName = z
  .string()
  .max(63)
  .regex(
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
    'must be lower case letters, digits and dashes (RFC 1123)',
  );

/** Names of packages: the same everywhere, or one list for each family of systems. */
const packages = z.union([
  z.array(word),
  z.strictObject({ debian: z.array(word).optional(), redhat: z.array(word).optional() }),
]);

const parameterName = z.string().regex(/^[a-z0-9][\w./:-]*$/, 'is no name of a kernel parameter');

export const commonVariables = z.strictObject({
  sharedKernel,
  commonHostname: hostName
    .optional()
    .describe("default: the host's name in the inventory, up to the first dot"),
  commonHosts: z
    .array(z.strictObject({ address, names: z.array(word).min(1) }))
    .default([])
    .describe('further entries of /etc/hosts, such as the shared address'),
  commonPackages: packages.default([]).describe('installed together'),
  commonSwap: z.enum(['leave', 'off']).default('leave'),
  commonModules: z
    .array(z.string().regex(/^[\w-]+$/))
    .default([])
    .describe('kernel modules that are loaded, now and at boot'),
  commonSysctl: z
    .record(parameterName, z.union([z.string(), z.int()]))
    .default({})
    .describe('kernel parameters'),
  commonFirewall: z
    .enum(['leave', 'off'])
    .default('leave')
    .describe('off: firewalld and ufw neither run nor start at boot'),
  commonServicesOff: z
    .array(word)
    .default([])
    .describe('further services that neither run nor start at boot: postfix'),
  commonSelinux: z
    .enum(['leave', 'enforcing', 'permissive', 'disabled'])
    .default('leave')
    .describe('disabled needs a reboot, permissive does not'),
});

export type CommonVariables = z.output<typeof commonVariables>;
