/**
 * Real Kubernetes v1.20.2 from Debian's source package: `npx tsx lab/kubernetes/build.ts`.
 * lab/kubernetes/README.md tells why it is built this way.
 */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlayError } from 'tsplay';
import { cached, cacheFolder, once, recipeHash, type Workplace } from './cache.ts';
import { writeChecksums } from './checksums.ts';
import { runAsCommand } from './command-line.ts';
import { openDebian } from './debian.ts';
import { goRoot, goVersion } from './go.ts';
import { runner, type Run } from './process.ts';
import { ensureTools } from './tools.ts';

const version = 'v1.20.2';
const suite = 'bookworm';
const programs = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
  'kubeadm',
];

const tools = {
  'dpkg-source': ['dpkg-dev'],
  gcc: ['gcc', 'libc6-dev'],
  jq: ['jq'],
  make: ['make'],
  patch: ['patch'],
  rsync: ['rsync'],
  xz: ['xz-utils'],
};

/** What `version` of the programs shows. Debian's source is no checkout: there is no commit. */
const stamps = { gitVersion: version, gitMajor: '1', gitMinor: '20', gitTreeState: 'archive' };

/** Linker flags: no symbol table, and the version stamped into both packages that keep one. */
function linkerFlags(): string {
  const keepers = ['client-go/pkg/version', 'component-base/version'];
  const stamped = keepers.flatMap((keeper) =>
    Object.entries(stamps).map(
      ([name, value]) => `-X k8s.io/kubernetes/vendor/k8s.io/${keeper}.${name}=${value}`,
    ),
  );
  return ['-s', '-w', ...stamped].join(' ');
}

const recipe = recipeHash(version, suite, goVersion, linkerFlags(), ...programs);

export interface KubernetesBinaries {
  /** The folder that holds the seven programs; SHA256SUMS and SHA512SUMS lie in its parent. */
  readonly directory: string;
  /** As the programs say it: v1.20.2. */
  readonly version: string;
}

/**
 * Answers the folder with kube-apiserver, kube-controller-manager, kube-scheduler, kubelet,
 * kube-proxy, kubectl and kubeadm, building them first when the cache has none (4 to 10 minutes).
 * A build that was killed goes on where it stopped. Throws PlayError when a step fails.
 * @param report is told what is being done, a line at a time
 */
export async function kubernetesBinaries(
  report: (line: string) => void = () => {},
): Promise<KubernetesBinaries> {
  const folder = join(cacheFolder(), 'kubernetes', `${version}-${recipe}`);
  await cached(folder, (place) => build(place, report));
  return { directory: join(folder, 'bin'), version };
}

async function build(
  { work, result, lock }: Workplace,
  report: (line: string) => void,
): Promise<void> {
  const log = join(work, 'build.log');
  report(`building Kubernetes ${version}; its output goes to ${log}`);
  const run = runner({ log, keepOpen: lock, nice: 10 });
  await ensureTools(tools, run, report);
  const go = await goRoot(report);

  const source = await once(join(work, 'source'), async (unfinished) => {
    report(`fetching the source package from Debian ${suite}`);
    const debian = await openDebian(join(work, 'apt'), [{ type: 'deb-src', suite }], run);
    const sourceVersion = await debian.unpackSource('kubernetes', join(unfinished, 'kubernetes'));
    if (!sourceVersion.includes(`really${version.slice(1)}-`)) {
      throw new PlayError(`Debian ${suite} has kubernetes ${sourceVersion}, not ${version}`);
    }
    await writeFile(join(unfinished, 'VERSION'), `${sourceVersion}\n`);
  });

  const tree = await gopathTree(join(source, 'kubernetes'));
  // What a killed compiler leaves goes with the work folder.
  const temporary = join(work, 'tmp');
  await mkdir(temporary, { recursive: true });
  const env = {
    GOROOT: go,
    GOPATH: tree.gopath,
    GOCACHE: join(work, 'go-cache'),
    GOTMPDIR: temporary,
    GO111MODULE: 'off',
    GOFLAGS: undefined,
    CGO_ENABLED: '0',
    PATH: `${join(go, 'bin')}:${process.env['PATH'] ?? ''}`,
  };
  await once(join(work, 'generated'), async () => {
    report('generating code (about two minutes)');
    await run(['make', 'generated_files'], { cwd: tree.checkout, env });
  });

  report('compiling (four minutes on two idle cores)');
  const bin = join(result, 'bin');
  await mkdir(bin, { recursive: true });
  const commands = programs.map((program) => `./cmd/${program}`);
  const output = ['-trimpath', '-ldflags', linkerFlags(), '-o', `${bin}/`];
  await run(['go', 'build', ...output, ...commands], { cwd: tree.checkout, env });

  report('checking what was built');
  await verify(bin, work, run);
  await run(['cp', join(source, 'VERSION'), join(result, 'SOURCE')]);
  await writeChecksums(result, 'bin');
}

/** Lets the source tree stand where a GOPATH build looks for k8s.io/kubernetes. */
async function gopathTree(source: string): Promise<{ gopath: string; checkout: string }> {
  const gopath = join(source, '.go');
  const checkout = join(gopath, 'src/k8s.io/kubernetes');
  await mkdir(join(gopath, 'src/k8s.io'), { recursive: true });
  await rm(checkout, { force: true });
  await symlink('../../..', checkout);
  return { gopath, checkout };
}

/** Throws unless the programs say their version and kubectl writes a map (see go.ts). */
async function verify(bin: string, work: string, run: Run): Promise<void> {
  for (const program of programs) {
    const argument = program === 'kubectl' ? ['version', '--client', '--short'] : ['--version'];
    const argv = program === 'kubeadm' ? ['version', '-o', 'short'] : argument;
    const said = await run([join(bin, program), ...argv]);
    if (!said.includes(version)) throw new PlayError(`${program} says ${said.trim()}`);
  }
  const kubeconfig = join(work, 'probe.kubeconfig');
  const kubectl = [join(bin, 'kubectl'), '--kubeconfig', kubeconfig, 'config'] as const;
  await run([...kubectl, 'set-credentials', 'probe', '--token=probe']);
  const view = await run([...kubectl, 'view', '--raw']);
  if (!view.includes('token: probe')) throw new PlayError(`kubectl wrote: ${view}`);
}

await runAsCommand(import.meta.url, async (report) => {
  const built = await kubernetesBinaries(report);
  return [`${built.version} ${built.directory}`];
});
