/**
 * Hosts that are not as most are: `box` has busybox and nothing else, `sealed` is the same with no
 * place to write in, `noisy` has bash as /bin/sh, prints wherever it may, and runs nothing in /tmp.
 */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { quote } from '../../../engine/shell/quote.ts';
import type { Lab } from '../../../lab/index.ts';
import { connectionVariables, onHost } from '../lab.ts';

export interface OddHosts {
  /** Folder of the inventory. */
  readonly folder: string;
  readonly inventory: string;
  /** Runs a shell line for a host, outside of what is odd about it; for `box` in its root folder. */
  see(host: 'box' | 'noisy', line: string): Promise<string>;
}

const ports = { box: 2222, sealed: 2223 } as const;
const root = '/srv/box';

/** @param variables of all hosts */
export async function oddHosts(
  lab: Lab,
  variables: Readonly<Record<string, string>>,
): Promise<OddHosts> {
  const [first, second] = lab.hosts;
  if (first === undefined || second === undefined) throw new Error('odd hosts need two of a lab');
  const publicKey = await readFile(`${lab.keyFile}.pub`, 'utf8');
  const [hostKey] = await Promise.all([
    onHost(lab, first.name, busyboxHost(publicKey.trim())),
    onHost(lab, second.name, noisyHost),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'odd-hosts-'));
  const known = Object.values(ports).map((port) => `[${first.address}]:${port} ${hostKey}`);
  const knownHostsFile = join(folder, 'known_hosts');
  await writeFile(knownHostsFile, (await readFile(lab.knownHostsFile, 'utf8')) + known.join(''));
  const inventory = {
    all: {
      vars: { ...connectionVariables(lab), ...variables, knownHostsFile },
      hosts: {
        box: { host: first.address, port: ports.box },
        sealed: { host: first.address, port: ports.sealed },
        noisy: { host: second.address },
      },
    },
  };
  await writeFile(join(folder, 'inventory.yaml'), stringify(inventory));
  return {
    folder,
    inventory: join(folder, 'inventory.yaml'),
    see: async (host, line) => {
      if (host === 'noisy') return (await onHost(lab, second.name, `cd /; ${line}`)).trim();
      // as its mounts are seen, but with the tools of the host around it
      const inside = `nsenter -m -t "$(systemctl show -p MainPID --value box)" sh -c`;
      return (await onHost(lab, first.name, `${inside} ${quote(`cd ${root}; ${line}`)}`)).trim();
    },
  };
}

/** Builds the root folder, starts both hosts on it with an init of their own, prints their key. */
const busyboxHost = (publicKey: string): string => `set -e
apt-get install -yq --no-install-recommends busybox-static dropbear-bin >/dev/null 2>&1
root=${root}
mkdir -p $root/etc/dropbear $root/root/.ssh $root/proc $root/sys $root/dev $root/tmp $root/run \\
  $root/var $root/home $root/srv $root/bin $root/sbin $root/usr/bin $root/usr/sbin
chmod 1777 $root/tmp
cp /bin/busybox $root/bin/
chroot $root /bin/busybox --install -s
cp /usr/sbin/dropbear $root/usr/sbin/
for library in $(ldd /usr/sbin/dropbear | grep -o '/[^ ]*'); do
  mkdir -p "$root\${library%/*}"
  cp -L "$library" "$root$library"
done
cd $root/etc
echo 'root:x:0:0:root:/root:/bin/sh' >passwd
printf 'root:x:0:\\ncrew:x:3000:\\n' >group
echo 'root:*:19000:0:99999:7:::' >shadow
echo 'ID=box' >os-release
echo '127.0.0.1 localhost' >hosts
: >fstab
chmod 600 shadow
chmod -R go-rwx $root/root
echo '${publicKey}' >$root/root/.ssh/authorized_keys
dropbearkey -t ed25519 -f dropbear/dropbear_ed25519_host_key >/dev/null 2>&1
${startBox('box', '')}
${startBox('sealed', 'mount -o remount,bind,ro .; mount -t tmpfs -o ro tmpfs dev/shm')}
dropbearkey -y -f dropbear/dropbear_ed25519_host_key | grep ^ssh- | cut -d' ' -f1,2
`;

const startBox = (
  name: keyof typeof ports,
  seal: string,
): string => `cat >/srv/start-${name} <<'END'
set -e
mount --make-rprivate /
mount --bind ${root} ${root}
cd ${root}
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs tmpfs dev/shm
hostname ${name}
printf '::respawn:/usr/sbin/dropbear -F -E -s -p ${ports[name]}\\n' >dev/shm/inittab
mount --bind dev/shm/inittab etc/inittab
${seal}
exec chroot . /bin/busybox init
END
: >inittab
systemd-run --quiet --unit=${name} unshare --mount --pid --uts --ipc --fork --kill-child sh /srv/start-${name}
`;

/** The shell reads ~/.bashrc when sshd starts it, as it does wherever ssh has a command to run. */
const noisyHost = `set -e
ln -sf bash /bin/sh
printf '\\n*** authorized use only ***\\nplay: hello 0 end\\n' >/etc/issue.net
echo 'Banner /etc/issue.net' >/etc/ssh/sshd_config.d/banner.conf
for file in .bashrc .profile .bash_profile; do
  printf 'echo "welcome to %s"\\necho "mind the stderr" >&2\\nprintf half\\nexport CDPATH=/\\n' $file >/root/$file
done
systemctl reload ssh
mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp
mount -o remount,noexec /dev/shm
`;
