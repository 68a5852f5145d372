/** Kernel modules: loaded, built in, or there to be loaded; and the files that name them. */
import { absent, defineReader, value, type Answer, type Read } from '../../module/reader.ts';
import type { ReaderOutput } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export interface KernelModule {
  /** With underscores, as the kernel has it. */
  readonly name: string;
  readonly state: 'loaded' | 'built in' | 'available';
  /** Parameters that /sys/module shows, booleans as Y and N. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The kernel takes `-` and `_` for the same. */
export const moduleName = (name: string): string => name.replaceAll('-', '_');

/**
 * What a module brings, for kernels that have it built in: containers may see neither /sys/module
 * nor modules.builtin. Modules of filesystems are looked up in /proc/filesystems.
 */
const brings: Readonly<Record<string, string>> = {
  br_netfilter: '/proc/sys/net/bridge/bridge-nf-call-iptables',
  nf_conntrack: '/proc/sys/net/netfilter/nf_conntrack_count',
  ip_vs: '/proc/net/ip_vs',
  ip_tables: '/proc/net/ip_tables_names',
  ip6_tables: '/proc/net/ip6_tables_names',
  tun: '/sys/class/misc/tun',
  fuse: '/sys/class/misc/fuse',
  loop: '/sys/block/loop0',
  ipv6: '/proc/net/if_inet6',
  bonding: '/sys/class/net/bonding_masters',
  kvm: '/sys/class/misc/kvm',
};

const readModule = defineReader<string, KernelModule>({
  name: 'kernelModule',
  script: (keys, mark) => {
    const patterns = keys.map((key) => key.replaceAll('_', '[-_]'));
    const either = patterns.join('|');
    const names = keys.join(' ');
    return `r=$(uname -r)
printf '%s loaded\\n' ${mark}
if [ -e /proc/modules ]; then grep -E ${quote(`^(${keys.join('|')}) `)} /proc/modules; fi
printf '%s built in\\n' ${mark}
for d in /lib/modules/"$r" /usr/lib/modules/"$r"; do
  if [ -r "$d/modules.builtin" ]; then grep -E ${quote(`/(${either})\\.ko`)} "$d/modules.builtin"; break; fi
done
grep -E ${quote(`^(nodev)?[[:space:]](${either})$`)} /proc/filesystems
for n in ${names}; do
  if [ -d "/sys/module/$n" ]; then printf 'sys %s\\n' "$n"; fi
done
${keys
  .filter((key) => brings[key] !== undefined)
  .map((key) => `if [ -e ${quote(brings[key] ?? '')} ]; then printf 'brings ${key}\\n'; fi`)
  .join('\n')}
printf '%s available\\n' ${mark}
for d in /lib/modules/"$r" /usr/lib/modules/"$r"; do
  if [ -r "$d/modules.dep" ]; then grep -o -E ${quote(`^[^:]*/(${either})\\.ko[^:]*:`)} "$d/modules.dep"; break; fi
done
printf '%s parameters\\n' ${mark}
set -- /dev/null
for n in ${names}; do
  for f in /sys/module/"$n"/parameters/*; do if [ -r "$f" ]; then set -- "$@" "$f"; fi; done
done
grep -H -s '' "$@"
printf '%s end\\n' ${mark}`;
  },
  parse: parseModules,
  dependsOn: () => ['/lib/modules/', '/usr/lib/modules/'],
});

/**
 * Reads a module, whichever way its name is spelt. Absent: the kernel has nothing of that name.
 * @param name with `-` or `_`
 * @returns a read of its state (loaded, built in, available) and parameters
 * @example
 * export const reads = { filter: readers.kernelModule('br_netfilter') };
 */
export const kernelModule: ((name: string) => Read<KernelModule>) & {
  readonly definition: typeof readModule.definition;
} = Object.assign((name: string) => readModule(moduleName(name)), {
  definition: readModule.definition,
});

function parseModules(
  output: ReaderOutput,
  keys: readonly string[],
  mark: string,
): readonly Answer<KernelModule>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `);
  if (parts.length < 6) throw new Error('the answer of the kernelModule reader is cut short');
  const lines = (name: string): readonly string[] =>
    (parts.find((part) => part.startsWith(`${name}\n`)) ?? '').split('\n').slice(1);
  const loaded = new Set(lines('loaded').map((line) => line.split(' ')[0] ?? ''));
  const builtIn = new Set(lines('built in').map(nameIn));
  const available = new Set(lines('available').map(nameIn));
  const parameters = lines('parameters');
  return keys.map((name): Answer<KernelModule> => {
    const state = loaded.has(name)
      ? 'loaded'
      : builtIn.has(name)
        ? 'built in'
        : available.has(name)
          ? 'available'
          : undefined;
    if (state === undefined) return absent;
    return value({ name, state, parameters: parametersOf(name, parameters) });
  });
}

/** Of `kernel/net/br-netfilter.ko.xz:`, `nodev\toverlay`, `sys overlay`. */
const nameIn = (line: string): string =>
  moduleName((line.split(/[\s/]/).at(-1) ?? '').replace(/\.ko.*$/, ''));

function parametersOf(name: string, lines: readonly string[]): Readonly<Record<string, string>> {
  const prefix = `/sys/module/${name}/parameters/`;
  const found: Record<string, string> = {};
  for (const line of lines) {
    if (!line.startsWith(prefix)) continue;
    const at = line.indexOf(':', prefix.length);
    const parameter = line.slice(prefix.length, at);
    if (!Object.hasOwn(found, parameter)) found[parameter] = line.slice(at + 1);
  }
  return found;
}

/** A line of the files that are read at boot. */
export interface ModuleLine {
  readonly path: string;
  readonly text: string;
}

/** Every line of modules-load.d, /etc/modules and modprobe.d that is no comment. */
export const moduleLines = defineReader<'all', readonly ModuleLine[]>({
  name: 'moduleLines',
  script: (keys, mark) => `printf '%s %s\\n' ${mark} ${keys.length}
if [ -f /etc/modules-load.d/modules.conf ]; then m=; else m=/etc/modules; fi
grep -H -s -E '^[[:space:]]*[A-Za-z0-9]' /etc/modules-load.d/*.conf $m /etc/modprobe.d/*.conf /dev/null
:`,
  parse: ({ stdout }, keys) => {
    const lines = stdout.toString('utf8').split('\n').slice(1);
    const found = lines.flatMap((line): ModuleLine[] => {
      const at = line.indexOf(':');
      return at === -1 ? [] : [{ path: line.slice(0, at), text: line.slice(at + 1) }];
    });
    return keys.map(() => value(found));
  },
  dependsOn: () => ['/etc/modules-load.d/', '/etc/modules', '/etc/modprobe.d/'],
});
