/** Variables of the role master. */
import { variables, z } from 'tsplay';
import { pkiVariables } from '../pki/index.ts';
import { address, hostPath, port, refusing } from '../variables.ts';

/** Flags of the user's own, by their names without dashes; these win over the role's. */
const flags = z
  .record(
    z.string().regex(/^[a-z][a-z0-9-]*$/, "must be a flag's name without dashes"),
    z.union([z.string(), z.number(), z.boolean()]),
  )
  .default({});

/** Flags that open what the role closes: they are refused wherever they come from. */
const refusedFlags: Readonly<Record<string, string>> = {
  'insecure-port': 'is a port without authentication; Kubernetes 1.20 and later refuse to start',
  'insecure-bind-address': 'has no use without an insecure port; 1.20 ignores it, 1.24 refuses it',
  'basic-auth-file': 'was removed in 1.19',
  'kubelet-https': 'has no effect since 1.19, was removed in 1.22',
  'audit-dynamic-configuration': 'was removed in 1.19',
};

export const masterVariables = variables(pkiVariables, {
  masterBindAddress: address
    .optional()
    .describe('address on which API servers listen; default: all'),
  masterEtcdPort: port.default(2379),
  masterEventHours: z.int().min(1).default(168).describe('hours to keep events'),
  masterRequestsInFlight: z.int().min(1).default(400),
  masterMutatingRequestsInFlight: z.int().min(1).default(200),
  masterAuditDir: hostPath.default('/var/log/kubernetes'),
  masterAuditDays: z.int().min(1).default(15),
  masterAuditFiles: z.int().min(1).default(3),
  masterAuditMegabytes: z.int().min(1).default(100),
  masterLogLevel: z.int().min(0).max(10).default(2),
  masterApiserverFlags: flags.describe('further flags of kube-apiserver'),
  masterControllerManagerFlags: flags.describe('further flags of kube-controller-manager'),
  masterSchedulerFlags: flags.describe('further flags of kube-scheduler'),
  masterStartSeconds: z
    .int()
    .min(10)
    .max(3600)
    .default(180)
    .describe('seconds within which an API server must become ready'),
}).superRefine(
  refusing((vars, refuse) => {
    for (const flag of Object.keys(vars.masterApiserverFlags)) {
      const why = refusedFlags[flag];
      if (why !== undefined) refuse(['masterApiserverFlags', flag], why);
    }
    if (vars.masterApiserverFlags['anonymous-auth'] === true) {
      refuse(
        ['masterApiserverFlags', 'anonymous-auth'],
        'would let anybody query the API server; health checks here use a certificate',
      );
    }
    if (vars.masterApiserverFlags['service-account-key-file'] !== undefined) {
      refuse(
        ['masterApiserverFlags', 'service-account-key-file'],
        'is set by the role, to its own key pair',
      );
    }
  }),
);

export type MasterVariables = z.output<typeof masterVariables>;
