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
import {
  bootstrapToken,
  encryptionKeys as keysIn,
  type BootstrapToken,
  type EncryptionKey,
} from 'tsplay/kubernetes';
import type { PkiVariables } from './variables.ts';

export type AuthorityName = 'kubernetes' | 'etcd' | 'frontProxy';

/** As the argument `ca` of `certificate`: made here, or files of the controller. */
export type GivenAuthority = Authority | { readonly certificate: string; readonly key: string };

type AtRun = Pick<Run, 'check'>;

export type ClusterPki = ReturnType<typeof clusterPki>;

const subjects = {
  kubernetes: {
    file: 'kubernetes-ca',
    subject: { commonName: 'kubernetes-ca', organizations: ['k8s'] },
  },
  etcd: { file: 'etcd-ca', subject: { commonName: 'etcd-ca' } },
  frontProxy: { file: 'front-proxy-ca', subject: { commonName: 'front-proxy-ca' } },
} as const;

/** @param vars of any host of the cluster: they agree */
export function clusterPki(
  vars: Pick<
    PkiVariables,
    'clusterName' | 'pkiDirectory' | 'pkiAuthorities' | 'pkiAuthorityDays' | 'pkiKeyType'
  >,
) {
  const directory = vars.pkiDirectory ?? `.play/pki/${vars.clusterName}`;
  const store = ({ check }: AtRun): PkiStore => openStore(directory, { check });
  const authority =
    (name: AuthorityName) =>
    (run: AtRun): GivenAuthority => {
      const { file, subject } = subjects[name];
      const options = { days: vars.pkiAuthorityDays, keyType: vars.pkiKeyType };
      return vars.pkiAuthorities[name] ?? store(run).authority(file, { ...subject, ...options });
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
      const src = vars.pkiAuthorities[name]?.key;
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
