/** A host without any source of packages gets them from a bundle. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { down, type Lab } from '../../lab/index.ts';
import { bundlePackages } from '../../bundle/packages.ts';
import { writeLock } from '../../kubernetes/release/lock.ts';
import { debRepository } from '../bundle/deb-repository.ts';
import { releaseSite } from '../kubernetes/release/release-site.ts';
import { inventoryFile, labFor, onHost } from './lab.ts';
import { runPlay } from './run-play.ts';

const name = 'bundle';
let lab: Lab;
let folder: string;

beforeAll(async () => {
  lab = await labFor(name, 1);
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  await mkdir(join(folder, 'node_modules'));
  await symlink(
    fileURLToPath(new URL('../..', import.meta.url)),
    join(folder, 'node_modules/tsplay'),
  );
  await writeFile(join(folder, 'site.ts'), playbook);
});
afterAll(async () => {
  await down({ name });
  await rm(folder, { recursive: true, force: true });
});

const playbook = `import { apt, play, playbook } from 'tsplay';
import { bundledPackages } from 'tsplay/roles/bundle';
const tasks = function* () {
  yield apt('first is installed', { name: 'first' });
};
export default playbook([play({ name: 'bundle', hosts: 'all', roles: [bundledPackages], tasks })]);
`;

test('check foresees it, the packages are installed without the network, the second run changes nothing', async () => {
  const site = await releaseSite(debRepository(folder));
  const bundle = join(folder, 'bundle');
  await mkdir(bundle);
  const packages = await bundlePackages(bundle, {
    names: ['first'],
    architectures: ['amd64'],
    sources: `deb [trusted=yes] ${site.url} ./\n`,
    report: () => undefined,
  });
  await writeLock(bundle, { kubernetes: '1.20.2', archives: [], packages });
  await site.close();
  const host = 'bundle1';
  await onHost(
    lab,
    host,
    'rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*',
  );

  const groups = { kube_master: [host], kube_node: [host] };
  const kubernetesSource = { kind: 'release', bundle };
  const inventory = await inventoryFile(lab, groups, { kubernetesSource });
  const run = (...flags: string[]) =>
    runPlay(['site.ts', '-i', inventory, ...flags], { cwd: folder });
  const steps = [
    'bundle/bundle-packages/folder of packages',
    'bundle/bundle-packages/packages',
    'bundle/bundle-packages/source of apt',
    'bundle/first is installed',
  ].map((step) => `${host} ${step}`);
  const checked = await run('--check');
  // Whether a source that is only planned has the package, nobody knows yet.
  expect([checked.exitCode, checked.of('changed'), checked.of('unknown')]).toEqual([
    0,
    steps.slice(0, 3),
    steps.slice(3),
  ]);
  const first = await run();
  expect([first.exitCode, first.of('changed'), first.stderr]).toEqual([0, steps, '']);
  const installed = await onHost(
    lab,
    host,
    "dpkg-query -W -f '${Package} ${Version}\\n' first second",
  );
  expect(installed).toBe('first 1:2.0-1\nsecond 1.5\n');
  const second = await run();
  expect([second.exitCode, second.of('changed')]).toEqual([0, []]);
});
