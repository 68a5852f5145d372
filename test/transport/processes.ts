/** Processes of this machine, for tests that look for what was left behind. */
import { readdir, readFile, rm } from 'node:fs/promises';

/** Command lines that contain the text; zombies have none. */
export async function processesWith(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const line = words.replaceAll('\0', ' ');
    if (line.includes(text)) found.push(`${pid} ${line.trim()}`);
  }
  return found;
}

/** Waits until it is true, at most ten seconds. */
export async function until(isSo: () => Promise<boolean> | boolean, seconds = 10): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Pids of a user of this machine. */
export async function processesOf(user: string): Promise<number[]> {
  const passwd = await readFile('/etc/passwd', 'utf8');
  const uid = new RegExp(`^${user}:[^:]*:(\\d+):`, 'm').exec(passwd)?.[1];
  if (uid === undefined) return [];
  const pids: number[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(status)) pids.push(Number(pid));
  }
  return pids;
}

/** Removes session folders that this test file's lost connections left. */
export async function sweepFolders(): Promise<void> {
  for (const base of ['/dev/shm', '/tmp'])
    for (const name of await readdir(base))
      if (name.startsWith(`.tsplay-contract-${process.pid}-`))
        await rm(`${base}/${name}`, { recursive: true, force: true });
}
