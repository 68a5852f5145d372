/** Keys of a lab: the key pair that opens its hosts, and the list of their host keys. */
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostPlan } from './plan.ts';
import { demand } from './program.ts';
import { writeWhole } from './state.ts';

/** Finds or makes the lab's key pair and answers the public key's line. */
export async function prepareKey(folder: string, lab: string): Promise<string> {
  const file = join(folder, 'key');
  const known = await readFile(`${file}.pub`, 'utf8').catch(() => undefined);
  if (known !== undefined) return known.trim();
  const fresh = `${file}.new`;
  await rm(fresh, { force: true });
  await rm(`${fresh}.pub`, { force: true });
  await demand(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', `lab ${lab}`, '-f', fresh]);
  // The public half comes last: where it stands, the pair is whole.
  await rename(fresh, file);
  await rename(`${fresh}.pub`, `${file}.pub`);
  return (await readFile(`${file}.pub`, 'utf8')).trim();
}

/** Lines of a known_hosts file: every host by name and by address. */
export function knownHosts(hosts: readonly (readonly [HostPlan, readonly string[]])[]): string {
  return hosts
    .flatMap(([host, keys]) => keys.map((key) => `${host.name},${host.address} ${key}\n`))
    .join('');
}

export async function writeKnownHosts(folder: string, content: string): Promise<void> {
  await writeWhole(join(folder, 'known_hosts'), content);
}
