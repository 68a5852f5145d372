/** What the approver may do: see requests, and approve those of one signer. */

/** Its name as a user of the cluster. */
export const user = 'play:csr-approver';

const group = 'rbac.authorization.k8s.io';
const requests = 'certificatesigningrequests';

export const rights = [
  {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata: { name: user },
    rules: [
      {
        apiGroups: ['certificates.k8s.io'],
        resources: [requests],
        verbs: ['get', 'list', 'watch'],
      },
      {
        apiGroups: ['certificates.k8s.io'],
        resources: [`${requests}/approval`],
        verbs: ['update'],
      },
      {
        apiGroups: ['certificates.k8s.io'],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kubelet-serving'],
        verbs: ['approve'],
      },
    ],
  },
  {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: user },
    roleRef: { apiGroup: group, kind: 'ClusterRole', name: user },
    subjects: [{ apiGroup: group, kind: 'User', name: user }],
  },
];
