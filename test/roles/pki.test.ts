import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { handler, role, systemd } from 'tsplay';
import type { Run, Task } from '../../engine/dsl/task.ts';
import { makeAuthority } from '../../engine/pki/authority.ts';
import { reveal, isSecret } from '../../engine/secrets/secret.ts';
import { clusterPki } from '../../kubernetes/pki/cluster-pki.ts';
import { masterCertificates, partsOf, pki, pkiVariables } from '../../roles/pki/index.ts';
import { folder } from '../readers/asking.ts';
import { collected, refused } from './collected.ts';

const yaml = (vars = ''): string => `
all:
  vars:
    clusterEndpoint: { kind: vip, address: 10.0.0.9, name: api.example.org }
    clusterApiNames: [extra.example.org]
    ${vars}
etcd: { hosts: { m1: , m2: , m3: } }
kube_master:
  hosts: { m1: { host: 10.0.0.1 }, m2: { host: 10.0.0.2 }, m3: { host: 10.0.0.3, nodeName: third } }
kube_node: { hosts: { n1: { host: 10.0.0.11 } } }
haproxy: { hosts: { b1: { host: 10.0.0.21 } } }
`;

/** A task's arguments as a run in check would give them. */
function argumentsOf({ args }: Task<unknown>): Record<string, unknown> {
  const nothing: Pick<Run, 'check' | 'tryResult'> = { check: true, tryResult: () => undefined };
  const run = nothing as Run;
  return Object.fromEntries(
    Object.entries(args).map(([name, argument]) => [
      name,
      typeof argument === 'function' ? (argument as (run: Run) => unknown)(run) : argument,
    ]),
  );
}

async function filesOf(host: string, vars = ''): Promise<readonly string[]> {
  const found = (await collected(pki, yaml(vars))).host(host);
  return found.names.flatMap((name) => {
    const { path, keyPath, dest, bundle, state } = argumentsOf(found.step(name).task);
    if (state === 'directory') return [];
    return [path, keyPath, dest, bundle].filter((file) => typeof file === 'string');
  });
}

describe('which files a host has', () => {
  test('a worker believes in the cluster and has the certificate of kube-proxy, no more', async () => {
    expect(await filesOf('n1')).toEqual([
      '/etc/kubernetes/pki/ca.crt',
      '/etc/kubernetes/kube-proxy.conf',
    ]);
  });

  test('a balancer has what it asks API servers with', async () => {
    expect(await filesOf('b1')).toEqual([
      '/etc/haproxy/pki/ca.crt',
      '/etc/haproxy/pki/lb-healthcheck.crt',
      '/etc/haproxy/pki/lb-healthcheck.key',
      '/etc/haproxy/pki/lb-healthcheck.pem',
    ]);
  });

  test('a master has the key of the cluster alone, and only where it signs for kubelets', async () => {
    const keys = (files: readonly string[]) => files.filter((file) => file.endsWith('ca.key'));
    expect(keys(await filesOf('m1'))).toEqual(['/etc/kubernetes/pki/ca.key']);
    expect(keys(await filesOf('m1', 'pkiSignOnMasters: false'))).toEqual([]);
  });
});

describe('what is in the certificates', () => {
  const step = async (host: string, name: string) =>
    argumentsOf((await collected(pki, yaml())).host(host).step(name).task);

  test('the API server answers by every name that anybody calls it', async () => {
    expect(await step('m2', 'certificate of the API server')).toMatchObject({
      subject: { commonName: 'kube-apiserver' },
      usages: 'server',
      names: [
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
        'localhost',
        '127.0.0.1',
        '10.254.0.1',
        'm1',
        '10.0.0.1',
        'm2',
        '10.0.0.2',
        'third',
        '10.0.0.3',
        '10.0.0.9',
        'api.example.org',
        'extra.example.org',
      ],
    });
  });

  test('a member of etcd answers by its own names, and shows the same to its peers', async () => {
    for (const name of ['certificate of etcd for clients', 'certificate of etcd for its peers']) {
      expect(await step('m3', name)).toMatchObject({
        subject: { commonName: 'third' },
        usages: 'both',
        names: ['localhost', '127.0.0.1', '10.0.0.3', 'third'],
        owner: 'etcd',
      });
    }
  });

  test('etcd and the front proxy have authorities of their own', async () => {
    const issuers = await Promise.all(
      ['of the API server', 'of the API server for etcd', 'of the front proxy'].map(
        async (name) => (await step('m1', `certificate ${name}`))['ca'],
      ),
    );
    expect(new Set(issuers).size).toBe(3);
    const etcd = await step('m1', 'certificate of etcd for clients');
    expect(etcd['ca']).toBe(issuers[1]);
  });

  test('kubelets see the API server as a group of its own, not as masters', async () => {
    expect(await step('m1', 'certificate of the API server for kubelets')).toMatchObject({
      subject: { organizations: ['system:kubelet-api-clients'] },
    });
  });

  test('programs of a master ask their own API server, nodes the shared address', async () => {
    expect(await step('m2', 'kubeconfig of the scheduler')).toMatchObject({
      server: 'https://10.0.0.2:6443',
    });
    expect(await step('n1', 'kubeconfig of kube-proxy')).toMatchObject({
      server: 'https://api.example.org:8443',
    });
  });
});

describe('who hears of a change', () => {
  const restart = (unit: string) =>
    handler(systemd(`restart ${unit}`, { unit, state: 'restarted' }));
  const master = role({
    name: 'master',
    vars: pkiVariables,
    *tasks(context) {
      const apiserver = restart('kube-apiserver');
      const controllerManager = restart('kube-controller-manager');
      const scheduler = restart('kube-scheduler');
      yield* masterCertificates(partsOf(context), { apiserver, controllerManager, scheduler });
    },
  });

  test('a role gives its own handlers to the steps of its certificates', async () => {
    const host = (
      await collected(master, yaml().replace(/^etcd:.*$/m, 'etcd: { hosts: { m1: } }'))
    ).host('m1');
    const told = (name: string) =>
      host.step(name).notify.map((id) => id.replace(/.*restart kube-/, ''));
    expect(told('kubeconfig of the scheduler')).toEqual(['scheduler']);
    expect(told('kubeconfig of the controller manager')).toEqual(['controller-manager']);
    expect(told('authority of the cluster')).toEqual([
      'apiserver',
      'controller-manager',
      'scheduler',
    ]);
    expect(told('key for service accounts')).toEqual(['apiserver', 'controller-manager']);
  });

  test('what is reloaded by itself restarts nothing', async () => {
    const host = (await collected(master, yaml())).host('m1');
    expect(host.step('certificate of the API server').notify).toEqual([]);
    expect(host.step('certificate of the API server for etcd').notify).toEqual([]);
  });
});

describe('where authorities come from', () => {
  test('collecting makes nothing', async () => {
    const at = join(folder(), 'pki');
    await collected(pki, yaml(`pkiDirectory: ${at}`));
    expect(existsSync(at)).toBe(false);
  });

  test('those of your own are used as they are', async () => {
    const at = folder();
    const own = makeAuthority({ commonName: 'own' }, Date.now());
    writeFileSync(`${at}/own.crt`, own.certificate);
    writeFileSync(`${at}/own.key`, reveal(own.key), { mode: 0o600 });
    const given = `pkiAuthorities: { kubernetes: { certificate: ${at}/own.crt, key: ${at}/own.key } }`;
    const host = (await collected(pki, yaml(given))).host('m1');
    const ca = { certificate: `${at}/own.crt`, key: `${at}/own.key` };
    expect(argumentsOf(host.step('certificate of the API server').task)).toMatchObject({ ca });
    expect(await host.written('key of the authority of the cluster')).toBe(reveal(own.key));
  });

  test('the configuration of encryption holds every key in its order', () => {
    const at = join(folder(), 'pki');
    const pki = clusterPki({ directory: at, authorityDays: 3650, keyType: 'p256' });
    const made = pki.encryptionConfig({ check: true });
    if (!isSecret(made)) throw new Error('it is no secret');
    expect(reveal(made)).toMatch(
      /^apiVersion: apiserver\.config\.k8s\.io\/v1\nkind: EncryptionConfiguration\n[^]*\n {10}keys:\n {12}- \{ name: key1, secret: [A-Za-z0-9+/]{43}= \}\n {6}- identity: \{\}\n$/,
    );
  });
});

describe('what is refused', () => {
  test.each([
    [
      'a window longer than a certificate lasts',
      'pkiRenewBeforeDays: 400',
      /less than pkiDays \(365\)/,
    ],
    ['authorities that last no longer', 'pkiAuthorityDays: 400', /at least twice pkiDays/],
  ])('%s', async (_, vars, message) => {
    expect(await refused(pki, yaml(vars))).toMatch(message);
  });
});
