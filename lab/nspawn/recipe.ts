/** The recipe of a base tree: everything that decides what is in it. No input, no output. */
import { sha256 } from '../../engine/digest.ts';

/** What a host has from the start: systemd, sshd and a shell, and no Python. */
const usualPackages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'iproute2',
  'procps',
  'kmod',
  'ca-certificates',
  'sudo',
  'iptables',
  'curl',
  'gnupg',
  'cron',
];

/** Units that a throwaway host must not start: they wait for nothing, or lock apt at odd times. */
const maskedUnits = [
  'systemd-networkd-wait-online.service',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
];

/**
 * Makes a host fit for containers of its own. systemd-nspawn shows the controllers of cgroup
 * version 1 read-only, and kubelet wants mounts to propagate from the root downwards.
 */
const containersUnit = `[Unit]
Description=Let this host run containers of its own
DefaultDependencies=no
Before=sysinit.target containerd.service docker.service kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount --make-rshared /
ExecStart=/bin/sh -c 'if [ -d /sys/fs/cgroup/memory ]; then for d in /sys/fs/cgroup /sys/fs/cgroup/*; do if mountpoint -q "$$d"; then mount -o remount,bind,rw "$$d"; fi; done; fi'

[Install]
WantedBy=sysinit.target
`;

const units = '/etc/systemd/system';

export interface Recipe {
  readonly suite: string;
  readonly packages: readonly string[];
  /** What mmdebstrap shall not clean up. */
  readonly keeps: readonly string[];
  /** The controller's package sources by file name; empty where Debian's own mirror is to be used. */
  readonly sources: ReadonlyMap<string, string>;
  /** The controller's apt settings by file name. */
  readonly settings: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, string>;
  /** Path → target. */
  readonly links: ReadonlyMap<string, string>;
}

/** The whole recipe for a suite, with packages beyond the usual ones. */
export function baseRecipe(
  suite: string,
  packages: readonly string[],
  sources: ReadonlyMap<string, string>,
  settings: ReadonlyMap<string, string>,
): Recipe {
  return {
    suite,
    packages: [...new Set([...usualPackages, ...packages])],
    // As on a host that lives: apt can say what it would do without fetching anything.
    keeps: ['cleanup/apt/lists'],
    sources,
    settings,
    files: new Map([[`${units}/lab-containers.service`, containersUnit]]),
    links: new Map([
      [`${units}/sysinit.target.wants/lab-containers.service`, '../lab-containers.service'],
      [
        `${units}/multi-user.target.wants/systemd-networkd.service`,
        '/lib/systemd/system/systemd-networkd.service',
      ],
      ...maskedUnits.map((unit) => [`${units}/${unit}`, '/dev/null'] as const),
    ]),
  };
}

/** Names the tree that a recipe makes: another recipe, another name. */
export function recipeKey(recipe: Recipe): string {
  const parts = [
    recipe.suite,
    recipe.packages.toSorted(),
    recipe.keeps,
    ...[recipe.sources, recipe.settings, recipe.files, recipe.links].map((map) =>
      [...map].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
  ];
  return sha256(JSON.stringify(parts)).slice(0, 16);
}
