/** Control groups of hosts: each host gets one of its own, in every hierarchy of the kernel. */
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { mounts, type Mount } from './mounts.ts';

/**
 * Where hierarchies are mounted: with version 1 one per controller, and those without a controller
 * that systemd uses; with version 2 one alone. A host must have a group in each: without one in
 * systemd's own, the init of every host would keep its services in the same group.
 */
export function hierarchies(list: readonly Mount[]): string[] {
  const paths = list
    .filter((mount) => mount.type === 'cgroup' || mount.type === 'cgroup2')
    .map((mount) => mount.path)
    .filter((path) => path === '/sys/fs/cgroup' || path.startsWith('/sys/fs/cgroup/'));
  return [...new Set(paths)];
}

/**
 * Makes a host's groups.
 * @returns the files into which a process writes its id to enter them
 */
export async function makeGroups(machine: string): Promise<string[]> {
  const entrances: string[] = [];
  for (const hierarchy of hierarchies(await mounts())) {
    const group = join(hierarchy, groupName(machine));
    await mkdir(group, { recursive: true });
    // A new cpuset of version 1 is empty and takes no process until it is filled.
    for (const file of ['cpuset.cpus', 'cpuset.mems']) await inherit(hierarchy, group, file);
    entrances.push(join(group, 'cgroup.procs'));
  }
  return entrances;
}

/** Ids of all processes in a host's groups, also of those that outlived its init. */
export async function groupMembers(machine: string): Promise<number[]> {
  const found = new Set<number>();
  for (const hierarchy of hierarchies(await mounts())) {
    await collect(join(hierarchy, groupName(machine)), found);
  }
  return [...found];
}

/** Removes a host's groups; none of its processes may live. */
export async function removeGroups(machine: string): Promise<void> {
  for (const hierarchy of hierarchies(await mounts())) {
    await removeGroup(join(hierarchy, groupName(machine)));
  }
}

function groupName(machine: string): string {
  return `tsplay-${machine}`;
}

async function collect(group: string, found: Set<number>): Promise<void> {
  const text = await readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '');
  // A process of another namespace shows as 0.
  for (const line of text.split('\n')) if (Number(line) > 0) found.add(Number(line));
  for (const child of await children(group)) await collect(child, found);
}

async function removeGroup(group: string): Promise<void> {
  for (const child of await children(group)) await removeGroup(child);
  for (let tries = 0; ; tries++) {
    try {
      await rmdir(group);
      return;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ENOENT') return;
      // A killed process leaves its group only when the kernel has reaped it.
      if (code !== 'EBUSY' || tries > 50) throw error;
      await sleep(50);
    }
  }
}

async function children(group: string): Promise<string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(group, entry.name));
}

async function inherit(hierarchy: string, group: string, file: string): Promise<void> {
  const all = await readFile(join(hierarchy, file), 'utf8').catch(() => undefined);
  if (all !== undefined) await writeFile(join(group, file), all);
}
