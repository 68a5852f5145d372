/** The script that a host answers with its facts: shell built-ins and few processes. */

/** Commands whose presence `facts.has` tells: what our scripts choose between. */
export const commandsAskedFor = [
  'apk',
  'apt-get',
  'base64',
  'busybox',
  'chattr',
  'cmp',
  'cron',
  'crontab',
  'curl',
  'dnf',
  'doas',
  'dpkg-query',
  'flock',
  'fuser',
  'getent',
  'groupadd',
  'gzip',
  'hostname',
  'hostnamectl',
  'ip',
  'iptables',
  'journalctl',
  'localectl',
  'logger',
  'modprobe',
  'nft',
  'nproc',
  'openssl',
  'pacman',
  'python3',
  'realpath',
  'restorecon',
  'rpm',
  'rsync',
  'semanage',
  'setfacl',
  'setsid',
  'sha256sum',
  'stat',
  'su',
  'sudo',
  'swapon',
  'sync',
  'sysctl',
  'systemctl',
  'tar',
  'timedatectl',
  'timeout',
  'unzip',
  'useradd',
  'usermod',
  'visudo',
  'wget',
  'xz',
  'yum',
  'zypper',
] as const;

/** Programs that `factsScript` runs: uname, id, date and ip, twice. */
export const factsProcesses = 5;

/**
 * Prints sections: a line `@name`, then the lines of that section. Whatever is missing on a host
 * leaves its section empty; the exit code is 0 on any POSIX system.
 */
export const factsScript = `
play_lines() { if [ -r "$1" ]; then while IFS= read -r l || [ -n "$l" ]; do printf '%s\\n' "$l"; done <"$1"; fi 2>/dev/null; }
printf '@uname\\n'; uname -nrm 2>/dev/null
printf '@id\\n'; id 2>/dev/null
printf '@date\\n'; date +%s 2>/dev/null
printf '@home\\n%s\\n' "\${HOME:-}"
printf '@os\\n'
if [ -r /etc/os-release ]; then play_lines /etc/os-release; else play_lines /usr/lib/os-release; fi
printf '@redhat\\n'; play_lines /etc/redhat-release
printf '@memory\\n'
if [ -r /proc/meminfo ]; then
  while read -r k v l; do
    case $k in MemTotal:|SwapTotal:) printf '%s %s\\n' "$k" "$v";; esac
    [ "$k" = SwapTotal: ] && break
  done </proc/meminfo
fi
printf '@cpus\\n'; play_lines /sys/devices/system/cpu/online
printf '@init\\n'; [ -d /run/systemd/system ] && printf 'systemd\\n'
printf '@cgroups\\n'
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then printf '2\\n'
elif [ -d /sys/fs/cgroup/memory ] || [ -d /sys/fs/cgroup/cpu ]; then printf '1\\n'; fi
printf '@machine\\n'; play_lines /etc/machine-id
printf '@product\\n'; play_lines /sys/class/dmi/id/product_uuid
printf '@boot\\n'; play_lines /proc/sys/kernel/random/boot_id
printf '@mac\\n'
for d in /sys/class/net/*; do
  if [ -r "$d/address" ] && IFS= read -r l <"$d/address"; then printf '%s %s\\n' "\${d##*/}" "$l"; fi 2>/dev/null
done
printf '@addresses\\n'
if command -v ip >/dev/null 2>&1; then ip -o addr show 2>/dev/null
elif command -v ifconfig >/dev/null 2>&1; then ifconfig -a 2>/dev/null; fi
# 240.0.0.1 is reserved, so it lies beyond every local network; asking sends nothing.
printf '@route\\n'
if command -v ip >/dev/null 2>&1; then ip -4 route get 240.0.0.1 2>/dev/null; fi
# 240.0.0.1 is reserved, so it lies beyond every local network; asking sends nothing.
printf '@routes\\n'; play_lines /proc/net/route
printf '@has\\n'
for l in ${commandsAskedFor.join(' ')}; do command -v "$l" >/dev/null 2>&1 && printf '%s\\n' "$l"; done
printf '@end\\n'
`;
