/** Role binaries: the programs of Kubernetes that the host's groups need, sent once. */
import { copy, file, mirror, role } from 'tsplay';
import { architectureOf, programSource } from 'tsplay/kubernetes';
import { clusterOf } from '../cluster/index.ts';
import { builtPrograms } from './built.ts';
import { programsOf } from './programs.ts';
import { binariesVariables } from './variables.ts';

export const binaries = role({
  name: 'binaries',
  vars: binariesVariables,
  uses: { cluster: clusterOf },
  *tasks({ vars, host, cluster }) {
    const programs = programsOf(host, cluster, vars.binariesExtra);
    if (programs.length === 0) return;
    const { kubernetesSource: given } = vars;
    const from = given.kind === 'source' ? { ...given, build: builtPrograms } : given;
    yield file('folder of the programs', {
      path: vars.clusterBinDir,
      state: 'directory',
      mode: '0755',
    });
    yield mirror(
      'programs',
      {
        source: (run) =>
          programSource({
            from,
            version: cluster.traits.version,
            architecture: architectureOf(run.facts.arch),
            programs,
            // A host on this machine has no network to spare, and the same processors.
            compress: vars.binariesCompress ?? !vars.sharedKernel,
          }),
        only: [...programs],
        dest: vars.clusterBinDir,
        mode: '0755',
        owner: 'root',
        group: 'root',
      },
      { timeout: 3600 },
    );
    yield copy('search path of shells', {
      dest: '/etc/profile.d/kubernetes.sh',
      content: profile(vars.clusterBinDir),
      mode: '0644',
    });
  },
});

/** Read by login shells; a second reading adds nothing. */
const profile = (
  folder: string,
): string => `# Written by the role binaries: changes made here are lost.
case :$PATH: in
*:${folder}:*) ;;
*) PATH=${folder}:$PATH ;;
esac
`;
