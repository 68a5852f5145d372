/** A playbook in three parts, as pods of the lab's cluster; one of them is killed and made up for. */
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Lab } from '../../../lab/index.ts';
import { eventually } from '../kubernetes/lab.ts';
import { onHost } from '../lab.ts';
import { playText } from '../run-play.ts';
import { imageArchive, imageTree, run } from './image.ts';
import { expectDone, hasBegun, hostsOf, letGo, parts, projectFor } from './project.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const image = 'tsplay:shards';
const space = 'shards';

/** Brings the image to all nodes, by the module. */
const imageBook = (archive: string): string => `
import { play, playbook } from 'tsplay';
import { containerImage } from 'tsplay/kubernetes';
export default playbook([play({ name: 'image', hosts: 'all', *tasks() {
  yield containerImage('image', { name: '${image}', src: '${archive}' });
} })]);
`;

/** \`kubectl\` of a master, for who is not on it: files come by its standard input. */
const kubectlFor = (lab: Lab, master: string): string => `#!/bin/sh
for word do
  case $last in -f) exec <"$word"; word=- ;; esac
  last=$word
  set -- "$@" "$word"
  shift
done
exec ssh -i ${lab.keyFile} -o UserKnownHostsFile=${lab.knownHostsFile} root@${master} \\
  /opt/k8s/bin/kubectl --kubeconfig=/etc/kubernetes/admin.conf "$@"
`;

/**
 * @param lab with a cluster on some of its hosts; all of them are reached from the pods
 * @param master name of a host with an API server
 * @param nodes names of the hosts that run pods
 */
export async function expectPartsOnKubernetes(
  lab: Lab,
  master: string,
  nodes: readonly string[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tsplay-shards-'));
  const address = lab.hosts.find(({ name }) => name === master)?.address ?? '';
  const place = new Place(lab, folder, join(folder, 'bin'));
  try {
    await place.prepare(address, nodes);
    await expectKilledPartMadeUpFor(place);
  } finally {
    await place.kubectl(`delete namespace ${space} --wait=false`).catch(() => '');
    await rm(folder, { recursive: true, force: true });
  }
}

/** The machine from which the job is started: a project, and a kubectl that reaches the cluster. */
class Place {
  readonly lab: Lab;
  readonly folder: string;
  readonly #bin: string;

  constructor(lab: Lab, folder: string, bin: string) {
    this.lab = lab;
    this.folder = folder;
    this.#bin = bin;
  }

  async prepare(master: string, nodes: readonly string[]): Promise<void> {
    const { lab, folder } = this;
    const own = { privateKeyFile: lab.keyFile, knownHostsFile: lab.knownHostsFile };
    const tree = join(folder, 'tree');
    imageTree(tree, projectFor(lab));
    imageArchive(tree, image, join(folder, 'image.tar'));
    for (const [path, text] of Object.entries(projectFor(lab, own)))
      await writeFile(join(folder, path), text);
    await writeFile(join(folder, 'image.ts'), imageBook(join(folder, 'image.tar')));
    await mkdir(join(folder, 'node_modules'));
    await symlink(repository, join(folder, 'node_modules', 'tsplay'));
    await mkdir(this.#bin);
    await writeFile(join(this.#bin, 'kubectl'), kubectlFor(lab, master));
    await chmod(join(this.#bin, 'kubectl'), 0o755);
    await cp(lab.keyFile, join(folder, 'id_ed25519'));
    const brought = await this.play(['image.ts', '-i', 'hosts.yaml', '-l', nodes.join(',')]);
    expect(brought.exitCode, brought.stdout + brought.stderr).toBe(0);
    await this.kubectl(`create namespace ${space}`);
    await this.secret();
  }

  /** Its key goes by standard input: no argument shows it. */
  async secret(): Promise<void> {
    const data = {
      id_ed25519: (await readFile(this.lab.keyFile)).toString('base64'),
      known_hosts: (await readFile(this.lab.knownHostsFile)).toString('base64'),
    };
    const metadata = { name: 'tsplay-ssh', namespace: space };
    const file = join(this.folder, 'secret.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, data }));
    await this.kubectl(`apply -f ${file}`);
    await rm(file);
  }

  play(argv: readonly string[]): ReturnType<typeof playText> {
    const env = { PATH: `${this.#bin}:${process.env['PATH']}` };
    return playText(argv, { cwd: this.folder, env });
  }

  /** What it said. @throws Error with what went wrong */
  async kubectl(words: string): Promise<string> {
    return run(join(this.#bin, 'kubectl'), words.split(' '));
  }

  /** The reports of all pods so far, each in a file. */
  async reports(): Promise<readonly string[]> {
    const pods = await this.kubectl(`-n ${space} get pods -l tsplay=site -o name`);
    const names = pods.trim().split('\n');
    for (const pod of names) {
      const file = join(this.folder, `${pod.replace('pod/', '')}.jsonl`);
      await writeFile(file, await this.kubectl(`-n ${space} logs ${pod}`));
    }
    return names.map((pod) => `${pod.replace('pod/', '')}.jsonl`);
  }

  /** Waits until so many jobs have ended. */
  async ended(succeeded: number, failed: number): Promise<void> {
    const columns = 'custom-columns=S:.status.succeeded,F:.status.failed --no-headers';
    const count = (text: string, column: number): number =>
      text
        .trim()
        .split('\n')
        .filter((line) => line.trim().split(/\s+/)[column] === '1').length;
    await eventually(
      240,
      () => this.kubectl(`-n ${space} get jobs -o ${columns}`),
      (text) => count(text, 0) === succeeded && count(text, 1) === failed,
    );
  }
}

async function expectKilledPartMadeUpFor(place: Place): Promise<void> {
  const { lab } = place;
  const job = [
    'shard',
    'kubernetes',
    '--parts',
    `${parts}`,
    '--image',
    image,
    '--namespace',
    space,
  ];
  const words = ['--', 'site.ts', '-i', 'hosts.yaml', '--wait-lock', '60'];
  const started = await place.play([...job, '--start', ...words]);
  // The cluster is older than Indexed jobs: it has a Job for each part.
  expect(started.stdout + started.stderr).toMatch(
    /site-1 created\n.*site-2 created\n.*site-3 created/,
  );
  await eventually(240, () => hasBegun(lab, 2), Boolean);
  await killPart(lab, 2);
  await letGo(lab);
  await place.ended(2, 1);
  const cut = await place.play(['report', '--merge', ...(await place.reports())]);
  expect([cut.exitCode, cut.stdout]).toEqual([
    1,
    expect.stringContaining('part 2/3 was cut short; run it again: --shard 2/3'),
  ]);
  const again = await place.play([...job, '--only', '2', '--start', ...words]);
  expect(again.stdout + again.stderr).toMatch(/site-2-\S+ created/);
  await place.ended(3, 1);
  const files = await place.reports();
  // What the killed pod owed went with it: its report knows, and says so.
  const owed = await place.play(['report', '--merge', ...files, '--keep', '--retry', 'retry']);
  expect([owed.exitCode, owed.stdout]).toEqual([
    2,
    expect.stringMatching(new RegExp(`pending on ${hostsOf(lab, 2)[0]}: base/restart`)),
  ]);
  const retry = await readFile(join(place.folder, 'retry'), 'utf8');
  expect(retry.trim().split('\n')).toEqual(hostsOf(lab, 2).toSorted());
  const last = await place.play(['site.ts', '-i', 'hosts.yaml', '--limit', '@retry']);
  expect(last.exitCode, last.stdout + last.stderr).toBe(0);
  await expectDone(lab);
}

/** As a node that is out of memory does it. Pods are processes of the lab hosts. */
async function killPart(lab: Lab, part: number): Promise<void> {
  const kill = `for file in /proc/[0-9]*/environ; do
    tr '\\0' '\\n' <$file 2>/dev/null | grep -qx SHARD_INDEX=${part} || continue
    pid=\${file#/proc/}; kill -9 \${pid%/environ} && echo killed
  done; true`;
  const killed = await Promise.all(lab.hosts.map(({ name }) => onHost(lab, name, kill)));
  expect(killed.join('')).toContain('killed');
}
