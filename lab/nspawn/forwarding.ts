/** Forwarding between networks, which hosts need to reach the world: a setting of the controller. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../state.ts';

const setting = '/proc/sys/net/ipv4/ip_forward';

/** Turns forwarding on and keeps what it was before, where a lab is the first to need it. */
export async function allowForwarding(state: string): Promise<void> {
  const before = (await readFile(setting, 'utf8')).trim();
  if (before === '1') return;
  await writeWhole(join(state, 'ip_forward'), `${before}\n`);
  await writeFile(setting, '1\n');
}

/** Puts forwarding back as it was before the first lab. */
export async function restoreForwarding(state: string): Promise<void> {
  const kept = join(state, 'ip_forward');
  const before = await readFile(kept, 'utf8').catch(() => undefined);
  if (before === undefined) return;
  await writeFile(setting, before);
  await rm(kept);
}
