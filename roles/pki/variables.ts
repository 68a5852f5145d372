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
      'folder of the controller with authorities and secrets; default .play/pki/CLUSTER in the working directory',
    ),
  pkiAuthorities: z
    .strictObject({ kubernetes: given, etcd: given, frontProxy: given })
    .partial()
    .default({})
    .describe('authorities of your own; what is missing is made'),
  pkiReplaceAuthorities: z
    .boolean()
    .default(false)
    .describe('hosts that believe in other authorities get these: nothing old is believed then'),
  pkiKeyType: z.enum(['p256', 'rsa2048', 'rsa4096']).default('p256'),
  pkiDays: z.int().min(1).max(3650).default(365).describe('how long a certificate is valid'),
  pkiRenewBeforeDays: z.int().min(0).default(30).describe('fewer days left: it is issued anew'),
  pkiAuthorityDays: z.int().min(30).max(36_500).default(3650),
  pkiSignOnMasters: z
    .boolean()
    .default(true)
    .describe('the controller manager signs for kubelets: masters have the key of the authority'),
  pkiEtcdDir: hostPath.default('/etc/etcd/pki'),
  pkiEtcdOwner: word.default('etcd').describe('user that etcd runs as'),
  pkiBalancerGroup: word.default('haproxy').describe('the group of the load balancers'),
  pkiBalancerDir: hostPath.default('/etc/haproxy/pki'),
  pkiAdminFile: localPath
    .optional()
    .describe("also the administrator's kubeconfig on the controller; its folder must be there"),
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
