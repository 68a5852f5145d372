/**
 * Settings of the controller's kernel that hosts need and cannot have for themselves: they are
 * raised for the first lab and put back after the last.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../state.ts';

export interface KernelSetting {
  /** Also the name of the file that keeps what it was. */
  readonly name: string;
  readonly path: string;
  readonly least: number;
}

export const kernelSettings: readonly KernelSetting[] = [
  // Forwarding between networks: hosts reach the world through the controller.
  { name: 'ip_forward', path: '/proc/sys/net/ipv4/ip_forward', least: 1 },
  // Every systemd, kubelet and containerd takes some, and root of all hosts is one user: the usual
  // 128 are gone with three or four nodes of Kubernetes, whose kubelets then do not start.
  { name: 'max_user_instances', path: '/proc/sys/fs/inotify/max_user_instances', least: 2048 },
];

/** Raises what is too low, and keeps what it was before where a lab is the first to need it. */
export async function raiseSettings(
  state: string,
  settings: readonly KernelSetting[] = kernelSettings,
): Promise<void> {
  for (const { name, path, least } of settings) {
    const before = (await readFile(path, 'utf8')).trim();
    if (Number(before) >= least) continue;
    await writeWhole(join(state, name), `${before}\n`);
    await writeFile(path, `${least}\n`);
  }
}

/** Puts everything back as it was before the first lab. */
export async function restoreSettings(
  state: string,
  settings: readonly KernelSetting[] = kernelSettings,
): Promise<void> {
  for (const { name, path } of settings) {
    const kept = join(state, name);
    const before = await readFile(kept, 'utf8').catch(() => undefined);
    if (before === undefined) continue;
    await writeFile(path, before);
    await rm(kept);
  }
}
