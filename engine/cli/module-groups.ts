/** What modules are about: the order in which `play doc` and the reference show them. */
import type { AnyModule } from '../module/module.ts';

export interface ModuleGroup {
  /** One word: `play doc files`. */
  readonly name: string;
  readonly modules: readonly AnyModule[];
}

const groups: Readonly<Record<string, string>> = {
  files:
    'file copy template mirror lineInFile blockInFile replace ini json yaml toml envFile unarchive getUrl tempFile stat find slurp fetch',
  packages: 'pkg apt aptRepository yum yumRepository rpmKey',
  services: 'systemd systemdUnit timer cron tmpfiles reboot',
  system: 'hostname hostsEntry timezone locale sysctl modprobe swap mount selinux limits',
  people: 'user group authorizedKey knownHost sudoers',
  network: 'waitFor http iptables nftables',
  certificates: 'privateKey certificate certificateAuthority certificateInfo kubeconfig',
  kubernetes: 'k8s k8sInfo k8sLabel k8sTaint k8sWait k8sDrain etcdMember containerImage',
  commands: 'command shell script query ask local',
  flow: 'assert fail debug pause setFact refreshFacts addHost groupBy endHost endBatch endPlay',
};

/** @param all the package's own; what stands in no group is in `other` */
export function groupsOf(all: readonly AnyModule[]): readonly ModuleGroup[] {
  const placed = new Set<AnyModule>();
  const found = Object.entries(groups).map(([name, names]) => {
    const modules = names
      .split(' ')
      .flatMap((each) => all.filter((module) => module.name === each));
    for (const module of modules) placed.add(module);
    return { name, modules };
  });
  const other = { name: 'other', modules: all.filter((module) => !placed.has(module)) };
  return [...found, other].filter(({ modules }) => modules.length > 0);
}
