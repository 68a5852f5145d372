/** The engines that tsplay is compared with, from Debian's packages. */
import { spawnSync } from 'node:child_process';
import { PlayError } from '../engine/errors.ts';

const packages = ['ansible-core', 'ansible', 'ansible-mitogen'];

/** Installs what is missing. @throws PlayError where apt cannot */
export function requirePeers(say: (line: string) => void): void {
  const missing = packages.filter((name) => versionOf(name) === undefined);
  if (missing.length === 0) return;
  say(`installing ${missing.join(', ')}`);
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', '-q', ...missing], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new PlayError(`apt-get cannot install ${missing.join(', ')}: ${stderr}`);
}

/** Names and versions, for the report. */
export const peerVersions = (): readonly string[] =>
  [...packages, 'openssh-client'].map((name) => `${name} ${versionOf(name) ?? 'not installed'}`);

function versionOf(name: string): string | undefined {
  const argv = ['-W', '-f', '${db:Status-Status} ${Version}', name];
  const { stdout } = spawnSync('dpkg-query', argv, { encoding: 'utf8' });
  return /^installed (.+)$/.exec(stdout ?? '')?.[1];
}
