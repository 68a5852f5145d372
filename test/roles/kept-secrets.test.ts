/** What another folder of secrets on the controller may not do to a running cluster. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore, secret, text } from 'tsplay';
import { encryptionKeys } from 'tsplay/kubernetes';
import type { Run } from '../../engine/dsl/task.ts';
import { pki } from '../../roles/pki/index.ts';
import { folder } from '../readers/asking.ts';
import { collected } from './collected.ts';

/** Where nothing is yet. */
const fresh = (): string => join(folder(), 'pki');

/** A folder with keys, and others besides the one that was made. */
function kept(...more: readonly string[]) {
  const name = fresh();
  const store = openStore(name, { check: false });
  const keys = encryptionKeys(store, 'encryption-keys');
  const publicKey = store.keyPair('service-account').publicKey;
  const lines = [...more, ...keys].map((key) =>
    typeof key === 'string' ? key : text`{ name: ${key.name}, secret: ${key.secret} }`,
  );
  const listed = lines.reduce((before, line) => text`${before}, ${line}`);
  const configuration = text`resources: [{ providers: [{ aescbc: { keys: [${listed}] } }] }]`;
  return { name, publicKey, configuration };
}

/** Whether the assertion holds on a master where these are found. */
async function holds(
  assertion: string,
  directory: string,
  found: Readonly<Record<string, unknown>>,
  vars = '',
): Promise<unknown> {
  const yaml = `
all: { vars: { pkiDirectory: ${directory}, ${vars} } }
etcd: { hosts: { m1: } }
kube_master: { hosts: { m1: { host: 10.0.0.1 } } }
kube_node: { hosts: { m1: } }
`;
  const { that } = (await collected(pki, yaml)).host('m1').step(assertion).task.args;
  const run: Pick<Run, 'tryResult'> = {
    tryResult: (({ name }: { name: string }) => found[name]) as Run['tryResult'],
  };
  return (that as (run: unknown) => unknown)(run);
}

const tokens = 'tokens of service accounts stay valid';
const inEtcd = 'secrets in etcd stay readable';
const tokenKey = (publicKey: string) => ({
  'key for tokens of the running cluster': { text: publicKey },
});
const etcdKeys = (configuration: unknown) => ({
  'keys of the running cluster': { secret: configuration },
});

test('where no cluster runs, anything may come', async () => {
  expect(await holds(tokens, fresh(), {})).toBe(true);
  expect(await holds(inEtcd, fresh(), {})).toBe(true);
});

test('the keys of the running cluster are welcome', async () => {
  const own = kept();
  expect(await holds(tokens, own.name, tokenKey(own.publicKey))).toBe(true);
  expect(await holds(inEtcd, own.name, etcdKeys(own.configuration))).toBe(true);
});

test('the keys of another folder are refused, and none are made there', async () => {
  const [own, other] = [kept(), fresh()];
  expect(await holds(tokens, other, tokenKey(own.publicKey))).toBe(false);
  expect(await holds(inEtcd, other, etcdKeys(own.configuration))).toBe(false);
  expect(existsSync(other)).toBe(false);
});

test('a key that was taken away leaves one that both know', async () => {
  const old = `{ name: old, secret: ${'A'.repeat(43)}= }`;
  const own = kept(old);
  expect(await holds(inEtcd, own.name, etcdKeys(own.configuration))).toBe(true);
  const strange = secret(`resources: [{ providers: [{ aescbc: { keys: [${old}] } }] }]`);
  expect(await holds(inEtcd, own.name, etcdKeys(strange))).toBe(false);
});

test('who replaces authorities replaces the key for tokens too', async () => {
  const named = collected(
    pki,
    `
all: { vars: { pkiReplaceAuthorities: true } }
etcd: { hosts: { m1: } }
kube_master: { hosts: { m1: { host: 10.0.0.1 } } }
kube_node: { hosts: { m1: } }
`,
  );
  const { names } = (await named).host('m1');
  expect(names).toContain(inEtcd);
  expect(names).not.toContain(tokens);
});
