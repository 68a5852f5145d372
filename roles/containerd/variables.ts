/** Variables of the role containerd. */
import { variables, z } from 'tsplay';
import { clusterVariables } from '../cluster/index.ts';
import { hostPath, image, word } from '../variables.ts';

/** `docker.io`, `registry.test:5000`, or `_default` for all others. */
const registryName = z
  .string()
  .regex(/^(_default|[a-z0-9][a-z0-9.-]*(:\d{1,5})?)$/, 'must be the host of a registry');

const mirror = z.strictObject({
  url: z.url(),
  capabilities: z
    .array(z.enum(['pull', 'resolve', 'push']))
    .min(1)
    .default(['pull', 'resolve']),
  ca: hostPath.optional().describe('CA certificates, a file on the host'),
  skipVerify: z.boolean().default(false).describe('accept any certificate: for a lab only'),
});

export const containerdVariables = variables(clusterVariables, {
  containerdPackages: z
    .array(word)
    .min(1)
    .optional()
    .describe('default: containerd, on RedHat containerd.io'),
  containerdRoot: hostPath.default('/var/lib/containerd').describe('images and containers'),
  containerdSandboxImage: image
    .optional()
    .describe('pause image of pods; default: by the version of Kubernetes'),
  containerdRegistries: z
    .record(registryName, z.array(mirror).min(1))
    .default({})
    .describe('mirrors of each registry, in order of preference'),
  containerdImages: z
    .array(z.string().min(1))
    .default([])
    .describe('local archives with one image each, imported if missing'),
  containerdRestrictOomScore: z
    .boolean()
    .optional()
    .describe('for hosts that may not lower OOM scores; default: on a shared kernel'),
  cniBinDir: hostPath.default('/usr/lib/cni').describe('programs of the pod network'),
  cniConfDir: hostPath.default('/etc/cni/net.d'),
  cniPackages: z
    .array(word)
    .default(['containernetworking-plugins'])
    .describe('packages that install cniBinDir; empty if it comes from elsewhere'),
});

export type ContainerdVariables = z.output<typeof containerdVariables>;
export type RegistryMirror = z.output<typeof mirror>;
