import { fileURLToPath } from 'node:url';
import { testController } from 'tsplay/testing';
import { expect, test } from 'vitest';
import { containerd } from '../../../roles/containerd/index.ts';
import { mistakesOf, tasksOf } from '../collecting.ts';

const yaml = (vars = '{}') => `
all: { vars: ${vars} }
kube_master: { hosts: { m1: { host: 10.0.0.1 } } }
`;
const render = async (name: string, variables: Record<string, unknown>): Promise<string> => {
  const path = fileURLToPath(new URL(`../../../templates/containerd/${name}`, import.meta.url));
  return (await testController().template(path, variables)).bytes?.toString() ?? '';
};

test('a registry has its mirrors in the order in which they are asked', async () => {
  const mirrors = [
    {
      url: 'https://mirror.test',
      capabilities: ['pull', 'resolve'],
      ca: '/etc/ssl/m.pem',
      skipVerify: false,
    },
    { url: 'http://10.0.0.9:5000', capabilities: ['pull'], ca: null, skipVerify: true },
  ];
  expect(await render('hosts.toml.hbs', { mirrors })).toMatchInlineSnapshot(`
    "# Written by the role containerd: changes made here are lost.

    [host."https://mirror.test"]
      capabilities = ["pull","resolve"]
      ca = "/etc/ssl/m.pem"

    [host."http://10.0.0.9:5000"]
      capabilities = ["pull"]
      skip_verify = true
    "
  `);
});

test('sockets and mounts stay in memory, wherever images are', async () => {
  const text = await render('config.toml.hbs', {
    root: '/data/k8s/containerd/root',
    sandboxImage: 'k8s.gcr.io/pause:3.2',
    restrictOomScore: false,
    systemdCgroup: true,
    cniBinDir: '/usr/lib/cni',
    cniConfDir: '/etc/cni/net.d',
  });
  expect(text).toContain('root = "/data/k8s/containerd/root"');
  expect(text).toContain('state = "/run/containerd"');
  expect(text).toContain('SystemdCgroup = true');
});

test('registries and images are steps of their own', async () => {
  const vars =
    "{ containerdRegistries: { docker.io: [{ url: 'https://m.test' }] }, containerdImages: [images/pause.tar] }";
  expect(await tasksOf(containerd, yaml(vars), 'm1')).toEqual(
    expect.arrayContaining(['registry docker.io', 'image pause.tar']),
  );
});

test('what is no registry is refused with the place', async () => {
  const vars = "{ containerdRegistries: { 'https://docker.io': [{ url: 'https://m.test' }] } }";
  expect(await mistakesOf(containerd, yaml(vars))).toMatch(/hosts\.yaml:2:\d+ .*docker\.io/);
});
