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
  'insecure-port': 'a port without authentication; Kubernetes 1.20 and later refuse to start',
  'insecure-bind-address': 'there is no insecure port; 1.20 and later ignore it, 1.24 refuse it',
  'basic-auth-file': 'it went with 1.19',
  'kubelet-https': 'it did nothing since 1.19 and went with 1.22',
  'audit-dynamic-configuration': 'it went with 1.19',
};

export const masterVariables = variables(pkiVariables, {
  masterBindAddress: address.optional().describe('where API servers listen; default everywhere'),
  masterEtcdPort: port.default(2379),
  masterEventHours: z.int().min(1).default(168).describe('hours that events are kept'),
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
    .describe('seconds that an API server has for becoming ready'),
}).superRefine(
  refusing((vars, refuse) => {
    for (const flag of Object.keys(vars.masterApiserverFlags)) {
      const why = refusedFlags[flag];
      if (why !== undefined) refuse(['masterApiserverFlags', flag], why);
    }
    if (vars.masterApiserverFlags['anonymous-auth'] === true) {
      refuse(
        ['masterApiserverFlags', 'anonymous-auth'],
        'whoever reaches the API server could ask it; health checks here show a certificate',
      );
    }
    if (vars.masterApiserverFlags['service-account-key-file'] !== undefined) {
      refuse(
        ['masterApiserverFlags', 'service-account-key-file'],
        'the role has a key pair for it; an authority is none',
      );
    }
  }),
);

export type MasterVariables = z.output<typeof masterVariables>;
