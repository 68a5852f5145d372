/** What the approver may do: see requests, and approve those of one signer. */
import { clusterRole, clusterRoleBinding, rule, user, watching } from '../cluster/objects.ts';

/** Its name as a user of the cluster. */
export const approver = 'play:csr-approver';

const group = 'certificates.k8s.io';
const requests = 'certificatesigningrequests';
const signer = { resourceNames: ['kubernetes.io/kubelet-serving'] };

export const rights = [
  clusterRole(approver, [
    rule([requests], watching, group),
    rule([`${requests}/approval`], ['update'], group),
    { ...rule(['signers'], ['approve'], group), ...signer },
  ]),
  clusterRoleBinding(approver, approver, user(approver)),
];
