import { expect, test } from 'vitest';
import { encryptionKeysIn } from '../../../kubernetes/pki/encryption-keys.ts';
import { reveal, secret } from '../../../engine/secrets/secret.ts';

const configuration = `
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - aescbc: { keys: [{ name: key2, secret: bmV3 }, { name: key1, secret: b2xk }] }
      - secretbox: { keys: [{ name: other, secret: Ym94 }] }
      - identity: {}
`;

test('all keys of all providers are found, as secrets', () => {
  const keys = encryptionKeysIn(secret(configuration));
  expect(keys.map((key) => [key.name, reveal(key.secret)])).toEqual([
    ['key2', 'bmV3'],
    ['key1', 'b2xk'],
    ['other', 'Ym94'],
  ]);
});

test('what is no such configuration has no keys', () => {
  for (const text of ['', 'resources: 7', '{', 'resources: [{ providers: [{ identity: {} }] }]']) {
    expect(encryptionKeysIn(secret(text))).toEqual([]);
  }
});
