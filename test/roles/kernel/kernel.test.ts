import { expect, test } from 'vitest';
import { kernel } from '../../../roles/kernel/index.ts';
import { modulesOf, parametersOf } from '../../../roles/kernel/parameters.ts';
import { kernelVariables } from '../../../roles/kernel/variables.ts';
import { mistakesOf, tasksOf } from '../collecting.ts';

const yaml = (vars = '{}') => `
all: { vars: ${vars} }
kube_master: { hosts: { m1: { host: 10.0.0.1 } } }
`;
const variables = (more: Record<string, unknown> = {}) => kernelVariables.parse(more);

test("the seed's three thresholds are three parameters, not one three times", () => {
  const { set } = parametersOf(variables());
  const thresholds = set.filter(([name]) => name.includes('gc_thresh'));
  expect(thresholds).toEqual([
    ['net.ipv4.neigh.default.gc_thresh1', 1024],
    ['net.ipv4.neigh.default.gc_thresh2', 2048],
    ['net.ipv4.neigh.default.gc_thresh3', 4096],
  ]);
});

test('two settings never share a line: each is a step that is read back', async () => {
  const names = await tasksOf(kernel, yaml(), 'm1');
  expect(names).toEqual(expect.arrayContaining(['vm.overcommit_memory', 'fs.nr_open']));
});

test('modules come before the parameters that need them', async () => {
  const names = await tasksOf(kernel, yaml(), 'm1');
  const bridge = names.indexOf('module br_netfilter');
  expect(bridge).toBeGreaterThanOrEqual(0);
  expect(names.indexOf('net.bridge.bridge-nf-call-iptables')).toBeGreaterThan(bridge);
});

test('ipvs brings its modules, iptables does not', () => {
  expect(modulesOf(variables())).toContain('ip_vs_wrr');
  expect(modulesOf(variables({ clusterProxyMode: 'iptables' }))).not.toContain('ip_vs');
});

test("on a shared kernel only what is the host's own is set, and the rest is named", async () => {
  const { set, left } = parametersOf(variables({ sharedKernel: true }));
  expect(set.map(([name]) => name)).toEqual([
    'net.bridge.bridge-nf-call-iptables',
    'net.bridge.bridge-nf-call-ip6tables',
    'net.ipv4.ip_forward',
  ]);
  expect(left).toEqual(expect.arrayContaining(['vm.swappiness', 'net.netfilter.nf_conntrack_max']));
  const names = await tasksOf(kernel, yaml('{ sharedKernel: true }'), 'm1');
  expect(names.at(-1)).toBe('left alone on a shared kernel');
});

test('IPv6 stays on unless somebody wants it off', () => {
  const names = (more = {}) => parametersOf(variables(more)).set.map(([name]) => name);
  expect(names()).not.toContain('net.ipv6.conf.all.disable_ipv6');
  expect(names({ kernelDisableIpv6: true })).toContain('net.ipv6.conf.all.disable_ipv6');
});

test('own parameters win', () => {
  const { set } = parametersOf(variables({ kernelParameters: { 'vm.swappiness': 10 } }));
  expect(set.filter(([name]) => name === 'vm.swappiness')).toEqual([['vm.swappiness', 10]]);
});

test("the seed's tcp_tw_recycle is refused with the reason", async () => {
  const said = await mistakesOf(
    kernel,
    yaml('{ kernelParameters: { net.ipv4.tcp_tw_recycle: 0 } }'),
  );
  expect(said).toContain('the kernel dropped it with 4.12');
});
