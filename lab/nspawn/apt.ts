/** The controller's apt: its sources and settings serve the hosts too. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The suite that the controller runs, from `/etc/os-release`; Debian 12's where it says none. */
export function suiteOf(osRelease: string): string {
  return /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(osRelease)?.[1] ?? 'bookworm';
}

/** Whether a file of sources offers the suite itself: other vendors' sources are left behind. */
export function offersSuite(content: string, suite: string): boolean {
  const lines = content.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const word = new RegExp(`(^|[\\s/])${suite}(-[a-z-]+)?(/|\\s|$)`);
  return lines.some((line) => /^(deb\s|Suites:)/.test(line) && word.test(line));
}

/** The controller's files of sources for a suite: file name → content. */
export async function readSources(suite: string): Promise<Map<string, string>> {
  const folder = '/etc/apt/sources.list.d';
  const files = new Map<string, string>();
  for (const [name, content] of await readFolder(folder, /\.(list|sources)$/)) {
    if (offersSuite(content, suite)) files.set(name, content);
  }
  const single = await readFile('/etc/apt/sources.list', 'utf8').catch(() => '');
  if (offersSuite(single, suite)) files.set('controller.list', single);
  return files;
}

/** The controller's apt settings: file name → content. */
export function readSettings(): Promise<Map<string, string>> {
  return readFolder('/etc/apt/apt.conf.d', /^[\w-]+(\.conf)?$/);
}

async function readFolder(folder: string, wanted: RegExp): Promise<Map<string, string>> {
  const names: string[] = await readdir(folder).catch(() => []);
  const files = new Map<string, string>();
  for (const name of names.toSorted()) {
    if (wanted.test(name)) files.set(name, await readFile(join(folder, name), 'utf8'));
  }
  return files;
}

/**
 * The name servers for a host. A controller whose own resolver listens on loopback keeps the real
 * servers in another file, which a host must use.
 */
export async function readNameServers(): Promise<string> {
  const own = await readFile('/etc/resolv.conf', 'utf8').catch(() => '');
  if (!isLoopbackOnly(own)) return own;
  return readFile('/run/systemd/resolve/resolv.conf', 'utf8').catch(() => own);
}

/** Whether every name server of a resolv.conf is on loopback. */
export function isLoopbackOnly(content: string): boolean {
  const servers = [...content.matchAll(/^nameserver\s+(\S+)/gm)].map((match) => match[1] ?? '');
  return servers.every((server) => server.startsWith('127.') || server === '::1');
}
