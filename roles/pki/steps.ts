/** Steps that all kinds of hosts share. */
import {
  certificate,
  certificateAuthority,
  file,
  type Context,
  type Handler,
  type HostView,
  type Step,
} from 'tsplay';
import { clusterPki, type AuthorityName, type ClusterPki } from 'tsplay/kubernetes';
import { clusterOf, type Cluster } from '../cluster/index.ts';
import { pkiPaths, type PairPaths } from './paths.ts';
import type { PkiVariables } from './variables.ts';

/** What a role has anyway: its own context, with `clusterShape` and `pkiShape` in its variables. */
export type PkiContext<V extends PkiVariables = PkiVariables> = Pick<
  Context<V>,
  'vars' | 'host' | 'inventory'
>;

export type Notify = Handler | readonly Handler[] | undefined;

export interface Parts<V extends PkiVariables = PkiVariables> {
  readonly vars: V;
  readonly host: HostView;
  readonly cluster: Cluster;
  readonly pki: ClusterPki;
  readonly paths: ReturnType<typeof pkiPaths>;
}

/** For `uses` of a role that has certificates. */
export const partsOf = <V extends PkiVariables>({
  vars,
  host,
  inventory,
}: PkiContext<V>): Parts<V> => ({
  vars,
  host,
  cluster: clusterOf({ inventory, vars }),
  pki: clusterPki({
    directory: vars.pkiDirectory ?? `.play/pki/${vars.clusterName}`,
    authorities: vars.pkiAuthorities,
    authorityDays: vars.pkiAuthorityDays,
    keyType: vars.pkiKeyType,
  }),
  paths: pkiPaths(vars),
});

export interface Wanted {
  /** `of etcd`: what it is for, in the step's name. */
  readonly name: string;
  /** Default: the cluster's. */
  readonly authority?: AuthorityName;
  readonly at: PairPaths;
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly names?: readonly string[];
  /** Default: client. */
  readonly usages?: 'server' | 'client' | 'both';
  readonly owner?: string;
  readonly bundle?: string;
}

/** One certificate of the table. */
export function pair(parts: Parts, wanted: Wanted, notify?: Notify): Step {
  const { owner, bundle } = wanted;
  return certificate(
    `certificate ${wanted.name}`,
    {
      path: wanted.at.certificate,
      keyPath: wanted.at.key,
      ca: parts.pki.authority(wanted.authority ?? 'kubernetes'),
      subject: {
        commonName: wanted.commonName,
        organizations: [...(wanted.organizations ?? [])],
      },
      names: [...(wanted.names ?? [])],
      usages: wanted.usages ?? 'client',
      ...validity(parts.vars),
      ...(owner !== undefined && { owner, group: owner }),
      ...(bundle !== undefined && { bundle }),
    },
    options(notify),
  );
}

/** The certificate of an authority, which says whom to believe. */
export function trust(
  { pki, vars }: Parts,
  name: AuthorityName,
  path: string,
  whose: string,
  notify?: Notify,
): Step {
  return certificateAuthority(
    `authority ${whose}`,
    { path, certificates: pki.trust(name), replace: vars.pkiReplaceAuthorities },
    options(notify),
  );
}

export const folder = (path: string, whose: string): Step =>
  file(`folder for certificates ${whose}`, { path, state: 'directory', mode: '0755' });

export const validity = (vars: PkiVariables) => ({
  days: vars.pkiDays,
  renewBeforeDays: vars.pkiRenewBeforeDays,
  keyType: vars.pkiKeyType,
});

/** The options of a task, without a notify that nobody wants. */
export const options = (notify: Notify) => (notify === undefined ? {} : { notify });
