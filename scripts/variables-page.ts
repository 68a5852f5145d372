/** The page of all variables of the roles, from their schemas. */
import type { z } from 'zod';
import { fieldsOf, type Argument } from '../engine/cli/doc/documentation.ts';
import { binaries } from '../roles/binaries/index.ts';
import { bundledPackages } from '../roles/bundle/index.ts';
import { clusterVariables } from '../roles/cluster/index.ts';
import { cni } from '../roles/cni/index.ts';
import { common } from '../roles/common/index.ts';
import { containerd } from '../roles/containerd/index.ts';
import { coredns } from '../roles/coredns/index.ts';
import { docker } from '../roles/docker/index.ts';
import { etcd } from '../roles/etcd/index.ts';
import { haproxy } from '../roles/haproxy/index.ts';
import { keepalived } from '../roles/keepalived/index.ts';
import { kernel } from '../roles/kernel/index.ts';
import { kubeNginx } from '../roles/kube-nginx/index.ts';
import { master } from '../roles/master/index.ts';
import { metricsServer } from '../roles/metrics-server/index.ts';
import { node } from '../roles/node/index.ts';
import { pki } from '../roles/pki/index.ts';
import { preflight } from '../roles/preflight/index.ts';
import { reset } from '../roles/reset/index.ts';
import { time } from '../roles/time/index.ts';
import { verify } from '../roles/verify/index.ts';
import { table } from './table.ts';

interface Documented {
  readonly name: string;
  readonly definition: { readonly vars: z.ZodType };
}

/** In the order of their first use; a variable stands with the first that has it. */
export const documentedRoles: readonly Documented[] = [
  pki,
  preflight,
  common,
  time,
  kernel,
  binaries,
  bundledPackages,
  containerd,
  docker,
  etcd,
  haproxy,
  keepalived,
  kubeNginx,
  master,
  node,
  cni,
  coredns,
  metricsServer,
  verify,
  reset,
];

/** A variable that a role only shares says whose it is. */
const ofAnother = /^(as )?of the role /;

export function variablesPage(): string {
  const ofCluster = new Set<string>(clusterVariables.keyof().options);
  const shared = fieldsOf(pki.definition.vars).filter((field) => ofCluster.has(topOf(field)));
  const known = new Set<string>(ofCluster);
  const parts = documentedRoles.map(({ name, definition }) => {
    const own = fieldsOf(definition.vars).filter(
      (field) => !known.has(topOf(field)) && !ofAnother.test(field.description),
    );
    for (const field of own) known.add(topOf(field));
    return own.length === 0 ? '' : section(name, own);
  });
  return `# Variables of the roles

Set them in the inventory, for all hosts, a group or one host, or with \`-e\`. A value that is refused
is told with its place before anything connects. What is refused and why, and what the
roles do with these variables, is in [kubernetes.md](kubernetes.md).

${section('the cluster: shared by the roles of Kubernetes', shared)}
${parts.join('\n')}`;
}

/** The variable that a field is in. */
const topOf = ({ name }: Argument): string => name.split('.')[0] ?? name;

const section = (title: string, fields: readonly Argument[]): string =>
  `## ${title}\n\n${table(['Variable', 'Type', 'Default', 'Meaning'], fields.map(row))}\n`;

const row = ({ name, type, required, default: standard, description }: Argument): string[] => [
  `\`${name}\``,
  `\`${type}\``,
  required ? 'required' : standard === undefined ? '' : `\`${standard}\``,
  description,
];
