/** Facts of a host from what `factsScript` printed. */
import { StepError } from '../errors.ts';
import type { Facts } from './facts.ts';
import { commandsAskedFor } from './facts-script.ts';
import { defaultRoute, interfaces } from './network-facts.ts';

export { commandsAskedFor, factsProcesses, factsScript } from './facts-script.ts';

/**
 * @param stdout what `factsScript` printed
 * @param controllerSeconds the controller's clock when the answer came, in seconds since 1970
 * @throws StepError when the script did not run to its end
 */
export function parseFacts(stdout: Buffer, controllerSeconds: number): Facts {
  const sections = splitSections(stdout.toString('utf8'));
  if (!sections.has('end')) {
    throw new StepError('the facts script ended early', {
      hint: 'does the host have a POSIX shell as /bin/sh?',
    });
  }
  const lines = (name: string) => sections.get(name) ?? [];
  const first = (name: string) => lines(name)[0] ?? '';
  const [hostname = '', kernel = '', arch = ''] = first('uname').split(' ');
  const os = operatingSystem(lines('os'), first('redhat'));
  const has = new Set(lines('has'));
  const addresses = interfaces(lines('addresses'), lines('mac'));
  const id = /^uid=(\d+)(?:\(([^)]*)\))?/.exec(first('id'));
  return {
    hostname,
    os,
    kernel,
    arch,
    cpus: countCpus(first('cpus')),
    memory: kibibytes(lines('memory'), 'MemTotal:'),
    swap: kibibytes(lines('memory'), 'SwapTotal:'),
    systemd: first('init') === 'systemd',
    packageManager: packageManager(os.family, has),
    interfaces: addresses,
    defaultIpv4: defaultRoute(first('route'), lines('routes'), addresses),
    machineId: first('machine'),
    productUuid: first('product').toLowerCase(),
    bootId: first('boot'),
    clock: { host: Number(first('date')) || 0, controller: controllerSeconds },
    cgroups: cgroupVersion(first('cgroups')),
    user: { name: id?.[2] ?? '', uid: Number(id?.[1] ?? -1), home: first('home') },
    has: Object.fromEntries(commandsAskedFor.map((command) => [command, has.has(command)])),
  };
}

function splitSections(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    const heading = /^@([a-z]+)$/.exec(line)?.[1];
    if (heading !== undefined) sections.set(heading, (current = []));
    else if (line !== '') current.push(line);
  }
  return sections;
}

const families: Readonly<Record<string, Facts['os']['family']>> = {
  debian: 'debian',
  ubuntu: 'debian',
  raspbian: 'debian',
  rhel: 'redhat',
  fedora: 'redhat',
  centos: 'redhat',
  rocky: 'redhat',
  almalinux: 'redhat',
  ol: 'redhat',
  amzn: 'redhat',
  suse: 'suse',
  sles: 'suse',
  opensuse: 'suse',
  alpine: 'alpine',
  arch: 'arch',
  archarm: 'arch',
};

function operatingSystem(release: readonly string[], redhat: string): Facts['os'] {
  const field = (name: string) => {
    const line = release.find((one) => one.startsWith(`${name}=`)) ?? '';
    return line.slice(name.length + 1).replace(/^(["'])(.*)\1$/, '$2');
  };
  const id = field('ID') || (redhat === '' ? '' : 'rhel');
  const version = field('VERSION_ID') || (/\d+(\.\d+)*/.exec(redhat)?.[0] ?? '');
  const kin = [id, ...field('ID_LIKE').split(' ')].map(
    (name) => families[name.split('-')[0] ?? ''],
  );
  return {
    id,
    family: kin.find((family) => family !== undefined) ?? 'other',
    version,
    codename: field('VERSION_CODENAME') || (/\(([^)]+)\)/.exec(field('VERSION'))?.[1] ?? ''),
  };
}

/** A Debian host may have dnf installed, and the other way round: the family decides first. */
function packageManager(
  family: Facts['os']['family'],
  has: ReadonlySet<string>,
): Facts['packageManager'] {
  const all = [
    ['apt', 'apt-get'],
    ['dnf', 'dnf'],
    ['yum', 'yum'],
    ['zypper', 'zypper'],
    ['apk', 'apk'],
    ['pacman', 'pacman'],
  ] as const;
  const preferred = family === 'redhat' ? ['dnf', 'yum'] : family === 'suse' ? ['zypper'] : [];
  const order = [
    ...all.filter(([name]) => preferred.includes(name)),
    ...all.filter(([name]) => !preferred.includes(name)),
  ];
  return order.find(([, command]) => has.has(command))?.[0] ?? 'none';
}

/** `0-3,6` is five. */
function countCpus(online: string): number {
  const count = online
    .split(',')
    .map((range) => /^(\d+)(?:-(\d+))?$/.exec(range.trim()))
    .reduce((sum, m) => (m ? sum + Number(m[2] ?? m[1]) - Number(m[1]) + 1 : sum), 0);
  return Math.max(count, 1);
}

function kibibytes(lines: readonly string[], name: string): number {
  const line = lines.find((one) => one.startsWith(`${name} `)) ?? '';
  return (Number(line.slice(name.length + 1)) || 0) * 1024;
}

function cgroupVersion(answer: string): Facts['cgroups'] {
  if (answer === '2') return 2;
  return answer === '1' ? 1 : 0;
}
