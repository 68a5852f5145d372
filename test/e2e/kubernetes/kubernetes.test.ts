/**
 * Fresh hosts become a highly available cluster of real Kubernetes v1.20.2, by the shipped
 * playbooks and inventory. The tests build on each other, in this order.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differingPaths, down, up, type Lab } from '../../../lab/index.ts';
import { pkiPaths, pkiVariables } from '../../../roles/pki/index.ts';
import { controllerSettings } from '../cluster-lab.ts';
import {
  clusterLab,
  command,
  daysShown,
  eventually,
  failures,
  kubectl,
  readyNodes,
  restarted,
  starts,
  type ClusterLab,
} from './lab.ts';
import { expectOneStopped } from './bad-flag.ts';
import { expectDrained } from './drain.ts';
import { expectFlannelTaken } from './flannel.ts';
import { labFor, onHost } from '../lab.ts';
import { expectPartsOnKubernetes } from '../shards/on-kubernetes.ts';
import { playText, type PlayRun } from '../run-play.ts';

const name = 'kube';
const masters = ['kube1', 'kube2', 'kube3'] as const;
const four = [...masters, 'kube4'];
const five = [...four, 'kube5'];
const long = 600_000;

let lab: Lab;
let work: ClusterLab;
beforeAll(async () => {
  lab = await labFor(name, 5);
  work = await clusterLab(lab);
}, long);
afterAll(async () => {
  await work.remove();
  await down({ name });
});

const site = (...argv: string[]): Promise<PlayRun> =>
  work.play(['site.ts', '-i', work.inventory, ...argv]);
const smaller = (...argv: string[]): Promise<PlayRun> =>
  work.play(['site.ts', '-i', work.smaller, ...argv]);
const address = (host: string): string =>
  lab.hosts.find((each) => each.name === host)?.address ?? '';
const endpoint = (): string => `https://${lab.subnet}.200:8443`;
/** What the tests change and keep. */
const changed = ['-e', 'masterEventHours=100'];
let checked: PlayRun;

test(
  'check on bare hosts lists the whole installation, names what it cannot know, writes nothing',
  async () => {
    const looked = lab.hosts.filter((host) => ['kube1', 'kube4'].includes(host.name));
    const before = await Promise.all(looked.map((host) => lab.snapshotTree(host.name)));
    checked = await smaller('--check');
    for (const [index, host] of looked.entries()) {
      const after = await lab.snapshotTree(host.name);
      expect([...differingPaths(before[index] ?? new Map(), after)]).toEqual([]);
    }
    expect([checked.exitCode, failures(checked)]).toEqual([0, []]);
    expect(checked.of('changed')).toContain('kube4 members/common/hosts of the inventory');
    // Unknown where nobody has learned yet what the packages before them bring.
    expect([...checked.of('changed'), ...checked.of('unknown')]).toEqual(
      expect.arrayContaining([
        'kube1 masters/master/unit of kube-apiserver',
        'kube4 members/binaries/programs',
      ]),
    );
    expect(checked.of('unknown')).toContain('kube1 addons/coredns/coredns');
    for (const end of checked.ends.filter(({ outcome }) => outcome === 'unknown')) {
      expect([end.step.id, end.because ?? '']).not.toEqual([end.step.id, '']);
    }
  },
  long,
);

test(
  'the installation ends with all nodes ready; check had listed every change',
  async () => {
    const controller = await controllerSettings();
    const run = await smaller();
    expect([run.exitCode, failures(run), run.stderr]).toEqual([0, [], '']);
    expect(await readyNodes(lab, 'kube2')).toEqual(four);
    const foreseen = new Set([...checked.of('changed'), ...checked.of('unknown')]);
    expect(run.of('changed').filter((step) => !foreseen.has(step))).toEqual([]);
    expect(await controllerSettings()).toEqual(controller);
  },
  long,
);

test(
  'a second run changes nothing, restarts nothing, over one connection and in few round trips',
  async () => {
    const before = await starts(lab);
    const run = await smaller();
    expect([run.exitCode, failures(run), run.of('changed')]).toEqual([0, [], []]);
    expect(restarted(before, await starts(lab))).toEqual([]);
    for (const host of four) {
      const { counters } = run.recap[host] ?? {};
      expect([host, counters?.connections]).toEqual([host, 1]);
      // The first master asks the API server about all objects, one group after the other.
      const most = host === 'kube1' ? 24 : 12;
      expect([host, (counters?.roundTrips ?? 99) <= most]).toEqual([host, true]);
    }
  },
  long,
);

test(
  'secrets are encrypted in etcd, strangers are refused, keys are nobody else’s',
  async () => {
    await kubectl(lab, 'kube1', 'create secret generic told --from-literal=word=plainly-readable');
    const pki = '/etc/etcd/pki';
    const client = `--cacert=${pki}/ca.crt --cert=${pki}/healthcheck-client.crt --key=${pki}/healthcheck-client.key`;
    const etcdctl = `ETCDCTL_API=3 etcdctl --endpoints=https://${address('kube1')}:2379`;
    const raw = await onHost(
      lab,
      'kube1',
      `${etcdctl} ${client} get /registry/secrets/default/told | od -An -c | tr -d ' \\n'`,
    );
    expect(raw).toContain('k8s:enc:aescbc:v1:key1:');
    expect(raw).not.toContain('plainly-readable');

    const status = await onHost(
      lab,
      'kube4',
      `curl -sk -o /dev/null -w '%{http_code}' ${endpoint()}/api`,
    );
    expect(status).toBe('401');
    const stranger = await lab.exec('kube4', [
      'sh',
      '-c',
      `curl -sk --max-time 5 https://${address('kube1')}:2379/health`,
    ]);
    expect(stranger.code).not.toBe(0);
    const plain = await lab.exec('kube1', [
      'sh',
      '-c',
      'curl -s --max-time 5 http://127.0.0.1:2379/health',
    ]);
    expect(plain.stdout).not.toContain('true');

    for (const host of four) {
      const keys =
        "find /etc /var/lib/kubelet -xdev \\( -name '*.key' -o -name '*.pem' -o -name '*.conf' \\) -type f -perm /0077 -exec grep -l 'PRIVATE KEY' {} +";
      expect([host, await onHost(lab, host, `${keys} || :`)]).toEqual([host, '']);
    }
    expect(await onHost(lab, 'kube4', 'find / -xdev -name ca.key -o -xdev -name sa.key')).toBe('');
    expect(
      await onHost(
        lab,
        'kube1',
        'find / -xdev -name "*etcd-ca.key" -o -xdev -name "front-proxy-ca.key"',
      ),
    ).toBe('');
  },
  long,
);

test(
  'the secrets of another folder are refused before anything is written',
  async () => {
    const strange = ['-e', `pkiDirectory=${join(work.folder, 'other')}`];
    const run = await smaller(...strange);
    expect([run.exitCode, run.of('changed')]).toEqual([2, []]);
    expect(JSON.stringify(failures(run))).toContain('keys that this controller does not know');
    expect(existsSync(join(work.folder, 'other'))).toBe(false);
  },
  long,
);

const shortLived = `
import { play, playbook } from 'tsplay';
import { pki } from 'tsplay/roles/pki';
export default playbook([play({ name: 'short', hosts: 'kube2', roles: [pki] })]);
`;
const fewDays = ['-e', 'pkiRenewBeforeDays=5'];

test(
  'a changed variable restarts API servers one at a time, and nothing else',
  async () => {
    const book = await work.playbook('short.ts', shortLived);
    const { certificate, key } = pkiPaths(pkiVariables.parse({})).apiserver;
    await onHost(lab, 'kube2', `rm ${certificate} ${key}`);
    const short = await work.play([book, '-i', work.smaller, '-e', 'pkiDays=10', ...fewDays]);
    expect([short.exitCode, short.of('changed')]).toEqual([
      0,
      ['kube2 short/pki/certificate of the API server'],
    ]);

    const before = await starts(lab);
    const run = await smaller(...changed, ...fewDays);
    expect([run.exitCode, failures(run)]).toEqual([0, []]);
    expect(restarted(before, await starts(lab)).toSorted()).toEqual(
      masters.map((host) => `${host} kube-apiserver`),
    );
    const spans = masters
      .map((host) => {
        const ended = (step: string) =>
          run.ends.find((end) => end.step.host === host && end.step.name === step);
        const restart = ended('restart kube-apiserver');
        return [
          (restart?.time ?? 0) - (restart?.took ?? 0),
          ended('kube-apiserver is ready again')?.time ?? 0,
        ];
      })
      .toSorted(([a = 0], [b = 0]) => a - b);
    for (const [index, [begun = 0]] of spans.entries()) {
      if (index > 0) expect(begun).toBeGreaterThanOrEqual(spans[index - 1]?.[1] ?? Infinity);
    }
  },
  long,
);

test(
  'a flag that no API server takes stops one of them, and the next run mends it',
  () => expectOneStopped(lab, masters, (...argv) => smaller(...changed, ...fewDays, ...argv)),
  long,
);

test(
  'a certificate with ten days left is issued anew, says why, and is picked up without a restart',
  async () => {
    expect(await daysShown(address('kube2'), 6443)).toBeLessThan(11);
    const before = await starts(lab);
    const run = await smaller(...changed);
    expect([run.exitCode, run.of('changed')]).toEqual([
      0,
      ['kube2 masters/master/certificate of the API server'],
    ]);
    const [end] = run.ends.filter(({ outcome }) => outcome === 'changed');
    expect(JSON.stringify(end?.differences)).toMatch(/\b(9|10) days/);
    await eventually(
      120,
      () => daysShown(address('kube2'), 6443),
      (days) => days > 300,
    );
    expect(restarted(before, await starts(lab))).toEqual([]);
  },
  long,
);

test(
  'a worker joins with the limit on it alone; others change only through steps on them',
  async () => {
    const before = await starts(lab);
    const run = await site('--limit', 'kube5', ...changed);
    expect([run.exitCode, failures(run)]).toEqual([0, []]);
    expect(await readyNodes(lab, 'kube1')).toEqual(five);
    const elsewhere = run.ends
      .filter(({ outcome, on }) => outcome === 'changed' && on !== undefined)
      .map(({ on, step }) => `${on} ${step.name}`)
      .toSorted();
    expect(elsewhere).toEqual(
      [
        ...four.map((host) => `${host} hosts of the inventory on ${host}`),
        ...masters.map((host) => `${host} nodes that may have certificates on ${host}`),
        ...four.map((host) => `${host} pod routes on ${host}`),
        ...four.map((host) => `${host} reload pod routes on ${host}`),
        // Objects of the API server, which a master is asked to change.
        'kube1 token for joining',
        'kube1 labels of workers',
      ].toSorted(),
    );
    const others = restarted(before, await starts(lab)).filter(
      (unit) => !unit.startsWith('kube5 '),
    );
    expect(others).toEqual([]);
    const again = await site(...changed);
    expect([again.exitCode, again.of('changed')]).toEqual([0, []]);
  },
  long,
);

test(
  'a node is drained while pods run on it, and takes pods again',
  () => expectDrained(lab, work, 'kube5'),
  long,
);

test('flannel is what the API server would take', () => expectFlannelTaken(work), long);

test(
  'the loss of the master that holds the address is outlived, and the host comes back',
  async () => {
    const found = await Promise.all(
      masters.map(
        async (host) =>
          [host, await onHost(lab, host, `ip -o addr show to ${lab.subnet}.200`)] as const,
      ),
    );
    const [holder = ''] = found.filter(([, shown]) => shown !== '').map(([host]) => host);
    const alive = masters.find((host) => host !== holder) ?? '';
    await lab.powerOff(holder);
    const brief = '--request-timeout=3s';
    const words = `create deployment after --image=nginx:1.8 --replicas=2 --dry-run=client -o yaml ${brief}`;
    await eventually(
      15,
      () =>
        kubectl(lab, alive, `${words} | ${command(endpoint())} apply ${brief} -f -`, endpoint()),
      (said) => said.startsWith('deployment.apps/after'),
    );
    await eventually(
      120,
      () => kubectl(lab, alive, 'rollout status deployment/after --timeout=60s', endpoint()),
      (said) => said.includes('successfully rolled out'),
    );

    const run = await site(...changed);
    expect([run.exitCode, run.recap[holder]?.unreachable, failures(run)]).toEqual([4, true, []]);
    for (const host of five.filter((each) => each !== holder)) {
      expect([host, run.recap[host]?.unreachable]).toEqual([host, false]);
      expect(run.recap[host]?.ok).toBeGreaterThan(40);
    }

    await lab.boot(holder);
    await eventually(
      180,
      () => readyNodes(lab, alive),
      (ready) => ready.length === 5,
    );
    const back = await site(...changed);
    expect([back.exitCode, failures(back), back.of('changed')]).toEqual([0, [], []]);
  },
  long,
);

test(
  'reset takes the cluster away and leaves the rest; the installation works again',
  async () => {
    const words = ['reset.ts', '-i', work.inventory];
    const refused = await playText(words, { cwd: work.folder });
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringContaining('resetCluster'),
    ]);
    await onHost(
      lab,
      'kube4',
      'iptables -N FOREIGN && iptables -A FOREIGN -j RETURN && iptables -A INPUT -j FOREIGN',
    );

    const gone = await work.play([...words, '-e', 'resetCluster=kubernetes']);
    expect([gone.exitCode, failures(gone)]).toEqual([0, []]);
    expect(await onHost(lab, 'kube4', 'iptables-save | grep -cE "KUBE-|CNI-|PLAY-" || :')).toBe(
      '0\n',
    );
    expect(await onHost(lab, 'kube4', 'iptables -S INPUT')).toContain('-j FOREIGN');
    expect(
      await onHost(
        lab,
        'kube4',
        'ls -A /etc/kubernetes /var/lib/kubelet /opt/k8s/bin | grep -v : | grep -c . || :',
      ),
    ).toBe('0\n');
    expect(await onHost(lab, 'kube4', 'ip -o link | grep -c cni0 || :')).toBe('0\n');
    const twice = await work.play([...words, '-e', 'resetCluster=kubernetes']);
    expect([twice.exitCode, twice.of('changed')]).toEqual([0, []]);

    const run = await site();
    expect([run.exitCode, failures(run)]).toEqual([0, []]);
    expect(await readyNodes(lab, 'kube3')).toEqual(five);
  },
  long,
);

test(
  'verify is green: pods across hosts, services by address, name and port, logs, exec, the demo',
  async () => {
    const run = await work.play(['verify.ts', '-i', work.inventory]);
    expect([run.exitCode, failures(run)]).toEqual([0, []]);
    expect(
      run.of('ok').filter((step) => step.includes('its pod reaches pods of all nodes')),
    ).toHaveLength(5);
    expect(
      run.of('ok').filter((step) => step.includes('answers on a port of the node')),
    ).toHaveLength(5);
    const rolled = run.ends.find(({ step }) => step.name === 'demo, next image');
    expect(JSON.stringify(rolled?.differences)).toMatch(/nginx:1\.7\.9.*nginx:1\.8/);
  },
  long,
);

test(
  'a playbook runs in three parts, as pods that reach twelve hosts; a killed one is made up for',
  async () =>
    expectPartsOnKubernetes(await up({ name, count: 12, prefix: name }), 'kube1', [
      'kube4',
      'kube5',
    ]),
  long,
);
