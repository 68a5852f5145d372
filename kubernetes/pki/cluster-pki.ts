/** Authorities and secrets of a cluster, as lazy arguments: nothing is made before a run. */
import {
  derivedSecret,
  openStore,
  text,
  type Authority,
  type KeyPair,
  type PkiStore,
  type Run,
  type Secret,
} from 'tsplay';
import { bootstrapToken, type BootstrapToken } from './bootstrap-token.ts';
import { encryptionKeys as keysIn, type EncryptionKey } from './encryption-keys.ts';

/** The authorities of a cluster. */
export type AuthorityName = 'kubernetes' | 'etcd' | 'frontProxy';

/** Certificate and key of an authority: files of the controller. */
interface AuthorityFiles {
  readonly certificate: string;
  readonly key: string;
}

/** As the argument `ca` of `certificate`: made here, or files of the controller. */
export type GivenAuthority = Authority | AuthorityFiles;

/** Where the secrets of a cluster are kept, and what its authorities are like. */
export interface ClusterPkiOptions {
  /** Folder of the controller. */
  readonly directory: string;
  /** Authorities of your own; what is missing is made. */
  readonly authorities?: Readonly<Partial<Record<AuthorityName, AuthorityFiles | undefined>>>;
  /** How long an authority that is made is valid. */
  readonly authorityDays: number;
  readonly keyType: 'p256' | 'rsa2048' | 'rsa4096';
}

type AtRun = Pick<Run, 'check'>;

/** What `clusterPki` returns. */
export type ClusterPki = ReturnType<typeof clusterPki>;

const subjects = {
  kubernetes: {
    file: 'kubernetes-ca',
    subject: { commonName: 'kubernetes-ca', organizations: ['k8s'] },
  },
  etcd: { file: 'etcd-ca', subject: { commonName: 'etcd-ca' } },
  frontProxy: { file: 'front-proxy-ca', subject: { commonName: 'front-proxy-ca' } },
} as const;

/**
 * Authorities and secrets of a cluster, which the controller makes and keeps.
 * @param options the same for all hosts of the cluster
 * @returns functions of the run, for lazy arguments: nothing is made before it
 * @example
 * const pki = clusterPki({ directory: '.play/pki/prod', authorityDays: 3650, keyType: 'p256' });
 * export const authority = certificateAuthority('authority of the cluster', {
 *   path: '/etc/kubernetes/pki/ca.crt',
 *   certificates: pki.trust('kubernetes'),
 * });
 */
export function clusterPki(options: ClusterPkiOptions) {
  const { authorities = {}, authorityDays: days, keyType } = options;
  const store = ({ check }: AtRun): PkiStore => openStore(options.directory, { check });
  const authority =
    (name: AuthorityName) =>
    (run: AtRun): GivenAuthority => {
      const { file, subject } = subjects[name];
      return authorities[name] ?? store(run).authority(file, { ...subject, days, keyType });
    };
  const encryptionKeys = (run: AtRun): readonly EncryptionKey[] =>
    keysIn(store(run), 'encryption-keys');
  return {
    /** What signs, for `ca` of `certificate`. */
    authority,
    /** The authority's certificates, for `ca` of `kubeconfig`: PEM, or a file of the controller. */
    trust:
      (name: AuthorityName) =>
      (run: AtRun): string =>
        authority(name)(run).certificate,
    /** Its key, for `copy`. */
    authorityKey(name: AuthorityName) {
      const src = authorities[name]?.key;
      return src === undefined ? { content: (run: AtRun) => authority(name)(run).key } : { src };
    },
    /** Signs the tokens of service accounts; the same on all masters. */
    serviceAccount: (run: AtRun): KeyPair => store(run).keyPair('service-account'),
    /** Keys for secrets in etcd; the first encrypts. */
    encryptionKeys,
    /** The API server's EncryptionConfiguration with these keys. */
    encryptionConfig: (run: AtRun): Secret | string => encryptionConfig(encryptionKeys(run)),
    /** What kubelets join with. */
    bootstrapToken: (run: AtRun): BootstrapToken => bootstrapToken(store(run), 'bootstrap-token'),
    /** A password of letters and digits, made once. */
    password:
      (name: string, length: number) =>
      (run: AtRun): Secret =>
        store(run).password(name, length),
  };
}

function encryptionConfig(keys: readonly EncryptionKey[]): Secret | string {
  const lines = keys.map(({ name, secret }) =>
    derivedSecret(secret, (plain) => `- { name: ${name}, secret: ${plain} }`),
  );
  const listed = lines.reduce<Secret | string>(
    (before, line) => (before === '' ? line : text`${before}\n${line}`),
    '',
  );
  return text`
    apiVersion: apiserver.config.k8s.io/v1
    kind: EncryptionConfiguration
    resources:
      - resources: [secrets]
        providers:
          - aescbc:
              keys:
                ${listed}
          - identity: {}
  `;
}
