/**
 * Lab hosts for end-to-end tests. Each test file takes a lab of its own, so that files never meet:
 *
 *     const lab = await labFor('etcd', 3);            // in beforeAll or at the top of the file
 *     const inventory = await inventoryFile(lab, { etcd: ['etcd1', 'etcd2', 'etcd3'] });
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { down, up, type Lab, type ProgramResult } from '../../lab/index.ts';

/**
 * Brings fresh hosts up for one test file: `NAME1` to `NAMEn`, as on the first day. What an earlier
 * run left under this name is removed first. Take it down with `lab.down()` in `afterAll`.
 * @param name up to eleven lower case letters, the test file's own
 */
export async function labFor(name: string, count: number): Promise<Lab> {
  await down({ name });
  return up({ name, count, prefix: name });
}

/** How the hosts of a lab are reached, as inventory variables of the group `all`. */
export function connectionVariables(lab: Lab): Record<string, unknown> {
  return {
    user: 'root',
    privateKeyFile: lab.keyFile,
    knownHostsFile: lab.knownHostsFile,
    sharedKernel: true,
  };
}

/**
 * Writes an inventory for a lab into a folder that goes when the test is finished.
 * @param groups group → host names; hosts in no group are in `all` alone
 * @param variables more variables of the group `all`, which win over those of the connection
 * @returns the file's path
 */
export async function inventoryFile(
  lab: Lab,
  groups: Readonly<Record<string, readonly string[]>> = {},
  variables: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `inventory-${lab.name}-`));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'inventory.yaml');
  const children = Object.entries(groups).map(([group, names]) => [
    group,
    { hosts: Object.fromEntries(names.map((name) => [name, null])) },
  ]);
  const inventory = {
    all: {
      vars: { ...connectionVariables(lab), ...variables },
      hosts: Object.fromEntries(lab.hosts.map((host) => [host.name, { host: host.address }])),
      children: Object.fromEntries(children),
    },
  };
  await writeFile(file, stringify(inventory));
  return file;
}

/**
 * Looks at a host past the engine and past ssh, with a shell line as root.
 * @throws Error with what the line said if it fails.
 */
export async function onHost(lab: Lab, name: string, line: string): Promise<string> {
  const result: ProgramResult = await lab.exec(name, ['sh', '-c', line]);
  if (result.code === 0) return result.stdout;
  throw new Error(`on ${name}: ${line}\nexit code ${result.code}: ${result.stderr}`);
}
