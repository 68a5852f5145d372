/** Lab hosts: two systems, each with a root of the same path, units and accounts of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lab } from '../../lab/index.ts';
import { connectionVariables } from '../e2e/lab.ts';
import { fleet } from '../run/harness.ts';
import { makeRoots, treeOf } from './fresh-roots.ts';
import type { Ground } from './lane.ts';
import { accounts, units } from './written/system-deeds.ts';

const names = ['a', 'b'] as const;

/** Where roots are on the hosts, and the controller's files here. */
const root = '/srv/tsplay-fuzz';

const cleaned = `exec 2>/dev/null
set -- /etc/systemd/system/fz-* /etc/systemd/system/*.wants/fz-*
if [ "$*" != '/etc/systemd/system/fz-* /etc/systemd/system/*.wants/fz-*' ]; then
systemctl stop ${units.join(' ')}
rm -rf "$@"
systemctl daemon-reload
systemctl reset-failed
fi
for name in ${accounts.join(' ')}; do
while read -r line; do case $line in "$name":*) userdel -rf "$name" ;; esac; done </etc/passwd
while read -r line; do case $line in "$name":*) groupdel "$name" ;; esac; done </etc/group
done
rm -rf ${root}
mkdir -p ${root}
base64 -d | tar -xpf - -C ${root}`;

const state = `for unit in ${units.join(' ')}; do
systemctl show "$unit" -p Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload | tr '\n' ' '; echo
done
for name in ${accounts.join(' ')}; do getent passwd "$name"; getent group "$name"; id "$name" 2>&1; done
find /etc/systemd/system -name 'fz-*' -printf '%p %m %y %l\n' | sort
cat /etc/systemd/system/fz-*.service /etc/systemd/system/fz-*.service.d/* 2>/dev/null
echo .
tar -cf - -C ${root} . | base64`;

/** @param lab its first two hosts are used */
export async function labHosts(lab: Lab): Promise<Ground> {
  const hosts = new Map(names.map((name, index) => [name as string, lab.hosts[index]]));
  const of = (name: string): { host: string; name: string } => {
    const host = hosts.get(name);
    if (!host) throw new Error(`the lab has no host for ${name}`);
    return { host: host.address, name: host.name };
  };
  const on = await fleet(names, {
    variables: { all: connectionVariables(lab), of: (name) => ({ host: of(name).host }) },
  });
  const packed = new Map(names.map((name) => [name as string, packedRoot(name)]));
  const shell = async (name: string, script: string, input?: string): Promise<string> => {
    const result = await lab.exec(of(name).name, ['sh', '-c', script], input);
    if (result.code !== 0) throw new Error(`${name}: exit code ${result.code}: ${result.stderr}`);
    return result.stdout;
  };
  return {
    on,
    root,
    async lay() {
      makeRoots(root, []);
      await Promise.all(names.map((name) => shell(name, cleaned, packed.get(name))));
    },
    async tree() {
      const all = names.map(async (name) => {
        const [told = '', archive = ''] = (await shell(name, state)).split('\n.\n');
        const lines = told.split('\n').map((line) => `${name}: ${line}`);
        return [...lines, ...unpacked(archive)];
      });
      return [...treeOf(root), ...(await Promise.all(all)).flat()];
    },
  };
}

/** A fresh root of that host as an archive. */
function packedRoot(name: string): string {
  return inFolder((folder) => {
    makeRoots(folder, [name], root);
    rmSync(join(folder, 'controller'), { recursive: true });
    return execFileSync('sh', ['-c', 'tar -cf - . | base64'], { cwd: folder, encoding: 'utf8' });
  });
}

const unpacked = (archive: string): readonly string[] =>
  inFolder((folder) => {
    execFileSync('sh', ['-c', 'base64 -d | tar -xpf -'], { cwd: folder, input: archive });
    return treeOf(folder);
  });

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-root-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
