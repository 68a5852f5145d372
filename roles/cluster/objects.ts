/** Objects of Kubernetes that every addon has: who it is and what it may do. */

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

type Labels = Readonly<Record<string, string>>;

/** What a role of the cluster may do. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Who is allowed: an account of a namespace, a user or a group of users. */
type Subject =
  | ReturnType<typeof account>
  | { readonly apiGroup: string; readonly kind: 'User' | 'Group'; readonly name: string };

const named = (name: string, labels?: Labels) => ({ name, ...(labels && { labels }) });

/** May look and follow changes. */
export const watching = ['get', 'list', 'watch'];

/** Rules of the core group, without its name. */
export const rule = (resources: readonly string[], verbs: readonly string[], of = ''): Rule => ({
  apiGroups: [of],
  resources,
  verbs,
});

export const account = (name: string, namespace: string) =>
  ({ kind: 'ServiceAccount', name, namespace }) as const;

export const user = (name: string): Subject => ({ apiGroup: group, kind: 'User', name });
export const usersOf = (name: string): Subject => ({ apiGroup: group, kind: 'Group', name });

export const serviceAccount = (name: string, namespace: string, labels?: Labels) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { ...named(name, labels), namespace },
});

export const clusterRole = (name: string, rules: readonly Rule[], labels?: Labels) => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: named(name, labels),
  rules,
});

/** A role of the whole cluster for a subject. */
export const clusterRoleBinding = (
  name: string,
  role: string,
  subject: Subject,
  labels?: Labels,
) => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: named(name, labels),
  roleRef: { apiGroup: group, kind: 'ClusterRole', name: role },
  subjects: [subject],
});

/** A role of a namespace for a subject of any. */
export const roleBinding = (
  name: string,
  namespace: string,
  role: string,
  subject: Subject,
  labels?: Labels,
) => ({
  apiVersion,
  kind: 'RoleBinding',
  metadata: { ...named(name, labels), namespace },
  roleRef: { apiGroup: group, kind: 'Role', name: role },
  subjects: [subject],
});
