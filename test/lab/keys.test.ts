import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { knownHosts, prepareKey } from '../../lab/keys.ts';
import { planHosts, planLab } from '../../lab/plan.ts';

test('every host key is listed under the name and the address of its host', () => {
  const [one, two] = planHosts(planLab({}, []), 2);
  if (!one || !two) throw new Error('two hosts were planned');
  const text = knownHosts([
    [one, ['ssh-ed25519 AAAA1', 'ecdsa-sha2-nistp256 AAAA2']],
    [two, ['ssh-ed25519 AAAA3']],
  ]);
  expect(text).toBe(`node1,10.99.0.11 ssh-ed25519 AAAA1
node1,10.99.0.11 ecdsa-sha2-nistp256 AAAA2
node2,10.99.0.12 ssh-ed25519 AAAA3
`);
});

test('the key pair is made once, and whole, also where a kill left half of one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lab-keys-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'key.new'), 'half a key');
  await writeFile(join(folder, 'key'), 'a key without its public half');
  const first = await prepareKey(folder, 'two');
  const key = await readFile(join(folder, 'key'), 'utf8');
  expect(first).toMatch(/^ssh-ed25519 \S+ lab two$/);
  expect(key).toContain('OPENSSH PRIVATE KEY');
  expect(await prepareKey(folder, 'two')).toBe(first);
  expect(await readFile(join(folder, 'key'), 'utf8')).toBe(key);
  expect((await readdir(folder)).toSorted()).toEqual(['key', 'key.pub']);
});
