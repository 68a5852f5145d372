/**
 * What a running cluster cannot do without and no authority tells of: the key that signs tokens of
 * service accounts, and the keys of secrets in etcd. Another folder on the controller would bring
 * others; that is refused before they are written.
 */
import { isDeepStrictEqual } from 'node:util';
import { assert, slurp, stat, type Run, type Step } from 'tsplay';
import { encryptionKeysIn } from 'tsplay/kubernetes';
import { encryptionConfigPath } from './paths.ts';
import type { Parts } from './steps.ts';

const folderHint =
  'is pkiDirectory the folder with the secrets of this cluster? Put it back from a backup';

/** Steps for a master. In another folder nothing is made for the comparison. */
export function* keptSecrets({ vars, paths, pki }: Parts): Iterable<Step> {
  const keys = encryptionConfigPath(vars);
  const looking = { check: true };

  const hasKeys = stat('encryption of the running cluster', { path: keys });
  const itsKeys = slurp(
    'keys of the running cluster',
    { path: keys, secret: true },
    { when: (run) => run.result(hasKeys).exists },
  );
  const knowsKeys = (run: Run): boolean => {
    const configuration = run.tryResult(itsKeys)?.secret;
    const known = configuration === undefined ? [] : encryptionKeysIn(configuration);
    if (known.length === 0) return true;
    const ours = pki.encryptionKeys(looking);
    return known.some((key) => ours.some((own) => isDeepStrictEqual(own.secret, key.secret)));
  };
  yield hasKeys;
  yield itsKeys;
  yield assert('secrets in etcd stay readable', {
    that: knowsKeys,
    message: `${keys} has keys that this controller does not know: nobody could read the secrets in etcd any more. ${folderHint}, or reset the cluster`,
  });

  if (vars.pkiReplaceAuthorities) return;
  const { publicKey } = paths.serviceAccount;
  const hasKey = stat('tokens of the running cluster', { path: publicKey });
  const itsKey = slurp(
    'key for tokens of the running cluster',
    { path: publicKey },
    { when: (run) => run.result(hasKey).exists },
  );
  yield hasKey;
  yield itsKey;
  yield assert('tokens of service accounts stay valid', {
    that: (run) => {
      const text = run.tryResult(itsKey)?.text;
      return text === undefined || text === pki.serviceAccount(looking).publicKey;
    },
    message: `${publicKey} is another key than this controller's: the tokens of all pods would be refused. ${folderHint}, or set pkiReplaceAuthorities`,
  });
}
