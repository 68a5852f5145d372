import { describe, expect, test } from 'vitest';
import {
  cgroupRefusal,
  compareVersions,
  containerdRefusal,
  newestMinor,
  oldestMinor,
  parseVersion,
  refusalsOf,
  traitsOf,
  versionMistake,
} from '../../../kubernetes/index.ts';
import { serverArchive } from '../../../kubernetes/versions/archives.ts';

const traits = (text: string) => traitsOf(parseVersion(text));

describe('versions', () => {
  test('a version that moves is refused: nodes added later would get another', () => {
    expect(versionMistake('stable-1.20')).toContain('another version every month');
    expect(versionMistake('latest')).toContain('another version every month');
  });

  test.each(['1.20', '1.20.2-rc.1', '2.0.0', '20.2'])('%s is no whole version', (text) => {
    expect(versionMistake(text)).toContain('as 1.20.2');
  });

  test.each(['1.15.12', '1.37.0'])('%s is refused: the roles do not know it', (text) => {
    expect(() => parseVersion(text)).toThrow('1.16 to 1.36');
  });

  test('a leading v is understood', () => {
    expect(parseVersion('v1.20.2')).toEqual({ text: '1.20.2', minor: 20, patch: 2 });
  });

  test('versions are compared as numbers, and what stands behind them is left out', () => {
    expect(compareVersions('1.10.0', '1.9.9')).toBe(1);
    expect(compareVersions('1.6.20~ds1', '1.6')).toBe(1);
    expect(compareVersions('v2.0.0', '2.0')).toBe(0);
  });
});

describe('the table', () => {
  test('every minor from the oldest to the newest has its row', () => {
    for (let minor = oldestMinor; minor <= newestMinor; minor += 1) {
      expect(traits(`1.${minor}.0`).images.pause).toMatch(/pause:3\./);
    }
  });

  test('1.20 is the version that the seed asks for', () => {
    expect(traits('1.20.2')).toMatchObject({
      insecurePorts: true,
      dockershim: true,
      containerRuntimeFlag: true,
      clusterSigningDuration: true,
      endpointSlices: false,
      masterTaints: ['node-role.kubernetes.io/master'],
      images: { pause: 'k8s.gcr.io/pause:3.2', coredns: 'k8s.gcr.io/coredns:1.7.0' },
      containerd: { least: '1.3', below: '2.0' },
    });
  });

  test.each([
    ['insecurePorts', '1.23.9', '1.24.0'],
    ['dockershim', '1.23.0', '1.24.0'],
    ['containerRuntimeFlag', '1.26.0', '1.27.0'],
  ] as const)('%s is in %s and no longer in %s', (trait, before, after) => {
    expect([traits(before)[trait], traits(after)[trait]]).toEqual([true, false]);
  });

  test.each([
    ['clusterSigningDuration', '1.18.0', '1.19.0'],
    ['endpointSlices', '1.20.9', '1.21.0'],
    ['refusesCgroupV1', '1.34.0', '1.35.0'],
  ] as const)('%s is not in %s and is in %s', (trait, before, after) => {
    expect([traits(before)[trait], traits(after)[trait]]).toEqual([false, true]);
  });

  test('masters lose their old label with 1.24 and their old taint with 1.25', () => {
    const old = 'node-role.kubernetes.io/master';
    expect(traits('1.23.0').masterLabels).toContain(old);
    expect(traits('1.24.0').masterLabels).not.toContain(old);
    expect(traits('1.24.0').masterTaints).toContain(old);
    expect(traits('1.25.0').masterTaints).not.toContain(old);
  });

  test('images come from the registry that still answers', () => {
    expect(traits('1.24.0').images.pause).toBe('k8s.gcr.io/pause:3.7');
    expect(traits('1.25.0').images.pause).toBe('registry.k8s.io/pause:3.8');
    expect(traits('1.21.0').images.coredns).toBe('k8s.gcr.io/coredns/coredns:v1.8.0');
  });

  test('the archive of the target version has its published checksum', () => {
    const archive = serverArchive(parseVersion('1.20.2'), 'amd64', 'https://mirror.test/k8s/');
    expect(archive.url).toBe(
      'https://mirror.test/k8s/v1.20.2/kubernetes-server-linux-amd64.tar.gz',
    );
    expect(archive.sha512).toMatch(/^65abf1787[0-9a-f]{119}$/);
    expect(serverArchive(parseVersion('1.30.0'), 'amd64').sha512).toBeUndefined();
  });
});

describe('refused with the reason', () => {
  const choices = { runtime: 'containerd', proxyMode: 'iptables' } as const;

  test('docker from 1.24 on', () => {
    const docker = { ...choices, runtime: 'docker' } as const;
    expect(refusalsOf(traits('1.23.17'), docker)).toEqual([]);
    expect(refusalsOf(traits('1.24.0'), docker)[0]?.why).toContain('no dockershim');
  });

  test('nftables before 1.31', () => {
    const nftables = { ...choices, proxyMode: 'nftables' } as const;
    expect(refusalsOf(traits('1.30.0'), nftables)[0]?.why).toContain('came with 1.31');
    expect(refusalsOf(traits('1.31.0'), nftables)).toEqual([]);
  });

  test('a containerd whose CRI kubelet does not speak', () => {
    expect(containerdRefusal(traits('1.20.2'), '1.6.20')).toBeUndefined();
    expect(containerdRefusal(traits('1.20.2'), '2.0.1')).toContain('CRI v1alpha2');
    expect(containerdRefusal(traits('1.26.0'), '1.5.9')).toContain('needs containerd 1.6');
    expect(containerdRefusal(traits('1.36.0'), '1.7.0')).toContain('needs containerd 2.0');
  });

  test('control groups that are missing, or too old for kubelet', () => {
    expect(cgroupRefusal(traits('1.20.2'), 1)).toBeUndefined();
    expect(cgroupRefusal(traits('1.20.2'), 0)).toContain('no control groups');
    expect(cgroupRefusal(traits('1.35.0'), 1)).toContain('failCgroupV1');
  });
});
