/** Variables of the role pki, and of every role that has certificates. */
import { variables, z } from 'tsplay';
import { hostPath, refusing, word } from '../variables.ts';
import { clusterVariables } from '../cluster/index.ts';

/** An authority that is not made here: files of the controller. */
const given = z.strictObject({
  certificate: z.string().min(1).describe('PEM; the first certificate signs'),
  key: z.string().min(1).describe('PEM without a passphrase'),
});

/** A path on the controller. */
const localPath = z.string().min(1);

export const pkiVariables = variables(clusterVariables, {
  pkiDirectory: localPath
    .optional()
    .describe(
      'folder of the controller with authorities and secrets; default: .play/pki/CLUSTER in the working directory',
    ),
  pkiAuthorities: z
    .strictObject({ kubernetes: given, etcd: given, frontProxy: given })
    .partial()
    .default({})
    .describe('authorities of your own; missing ones are created'),
  pkiReplaceAuthorities: z
    .boolean()
    .default(false)
    .describe(
      'replace other authorities on hosts; certificates that those signed are then refused',
    ),
  pkiKeyType: z.enum(['p256', 'rsa2048', 'rsa4096']).default('p256'),
  pkiDays: z.int().min(1).max(3650).default(365).describe('days for which a certificate is valid'),
  pkiRenewBeforeDays: z
    .int()
    .min(0)
    .default(30)
    .describe('reissue a certificate with fewer days left'),
  pkiAuthorityDays: z.int().min(30).max(36_500).default(3650),
  pkiSignOnMasters: z
    .boolean()
    .default(true)
    .describe(
      'the controller manager signs for kubelets, so masters hold the key of the authority',
    ),
  pkiEtcdDir: hostPath.default('/etc/etcd/pki'),
  pkiEtcdOwner: word.default('etcd').describe('user that etcd runs as'),
  pkiBalancerGroup: word.default('haproxy').describe('the group of the load balancers'),
  pkiBalancerDir: hostPath.default('/etc/haproxy/pki'),
  pkiAdminFile: localPath
    .optional()
    .describe(
      "also write the administrator's kubeconfig to this local file; its folder must exist",
    ),
}).superRefine(
  refusing((vars, refuse) => {
    if (vars.pkiRenewBeforeDays >= vars.pkiDays) {
      refuse('pkiRenewBeforeDays', `must be less than pkiDays (${vars.pkiDays})`);
    }
    if (vars.pkiAuthorityDays < 2 * vars.pkiDays) {
      refuse(
        'pkiAuthorityDays',
        `must be at least twice pkiDays (${vars.pkiDays}): an authority is not renewed with its certificates`,
      );
    }
  }),
);

export type PkiVariables = z.output<typeof pkiVariables>;
