/** kubeconfig files as data: what is wanted, as YAML, and what a file says. */
import { parse, stringify } from 'yaml';
import type { toolkit } from 'tsplay';

/** How the user proves who it is; PEM for certificate and key. */
export type Credentials =
  | { readonly certificate: string; readonly key: string }
  | { readonly token: string };

export interface Kubeconfig {
  readonly server: string;
  /** PEM of the authorities that the server's certificate may be signed by. */
  readonly authorities: string;
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
  readonly namespace?: string | undefined;
  readonly credentials: Credentials;
}

/** Fields in the order in which kubectl writes them. */
export function kubeconfigText(config: Kubeconfig): string {
  const { credentials } = config;
  const user =
    'token' in credentials
      ? { token: credentials.token }
      : {
          'client-certificate-data': base64(credentials.certificate),
          'client-key-data': base64(credentials.key),
        };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: config.cluster,
        cluster: {
          'certificate-authority-data': base64(config.authorities),
          server: config.server,
        },
      },
    ],
    contexts: [
      {
        name: config.context,
        context: {
          cluster: config.cluster,
          ...(config.namespace !== undefined && { namespace: config.namespace }),
          user: config.user,
        },
      },
    ],
    'current-context': config.context,
    preferences: {},
    users: [{ name: config.user, user }],
  };
  return stringify(document, { lineWidth: 0 });
}

/** The data of a file; undefined when it is no YAML. */
export function parseKubeconfig(text: string): unknown {
  try {
    return parse(text, { logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}

/** Certificate and key that are embedded for a user; undefined where they are not. */
export function embedded(config: unknown, user: string): toolkit.FoundCertificate {
  const of = field(named(field(config, 'users'), user), 'user');
  return {
    certificate: decoded(field(of, 'client-certificate-data')),
    key: decoded(field(of, 'client-key-data')),
  };
}

/** What two configurations differ in, where people would say it by name. */
export function configDifferences(
  is: unknown,
  want: unknown,
): readonly { what: string; from: unknown; to: unknown }[] {
  const shown = [
    { what: 'server', path: ['clusters', '0', 'cluster', 'server'] },
    { what: 'cluster', path: ['clusters', '0', 'name'] },
    { what: 'user', path: ['users', '0', 'name'] },
    { what: 'context', path: ['current-context'] },
    { what: 'namespace', path: ['contexts', '0', 'context', 'namespace'] },
  ];
  const found = shown.flatMap(({ what, path }) => {
    const [from, to] = [at(is, path), at(want, path)];
    return from === to ? [] : [{ what, from: from ?? 'none', to: to ?? 'none' }];
  });
  const authority = ['clusters', '0', 'cluster', 'certificate-authority-data'];
  if (at(is, authority) !== at(want, authority)) {
    found.push({ what: 'certificate authority', from: 'another', to: 'as given' });
  }
  return found;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const decoded = (value: unknown): string | undefined =>
  typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, name) => field(inner, name), value);

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;

function named(list: unknown, name: string): unknown {
  return Array.isArray(list) ? list.find((entry) => field(entry, 'name') === name) : undefined;
}
