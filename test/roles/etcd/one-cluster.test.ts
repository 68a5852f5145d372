import { describe, expect, test } from 'vitest';
import { parseLook, type EtcdLook } from '../../../roles/etcd/look.ts';
import { clusterProblems, type Candidate } from '../../../roles/etcd/one-cluster.ts';

const peer = (name: string): string => `https://10.0.0.${name.slice(1)}:2380`;

/** What a host says. */
const nothing = parseLook('');
const runs = (...listed: readonly string[]): EtcdLook =>
  parseLook(['data', 'ours', ...listed.map((line) => `member ${line}`)].join('\n'));
const down = (...first: readonly string[]): EtcdLook =>
  parseLook(`data\nours\nfirst ${first.map((name) => `${name}=${peer(name)}`).join(',')}\n`);

/** As `etcdctl member list` prints them. */
const member = (name: string): string =>
  `id${name}, started, ${name}, ${peer(name)}, https://10.0.0.${name.slice(1)}:2379, false`;
const firstStart = (name: string): string => `id${name}, started, ${name}, ${peer(name)}, , false`;
const added = (name: string): string => `id${name}, unstarted, , ${peer(name)}, , false`;

const host = (
  name: string,
  look: EtcdLook | undefined,
  more: Partial<Candidate> = {},
): Candidate => ({
  name,
  peerUrl: peer(name),
  joins: false,
  dataDir: '/var/lib/etcd/default',
  look,
  ...more,
});

describe('nothing is refused', () => {
  test.each<readonly [string, readonly Candidate[]]>([
    ['where nobody has data: a first start', [host('e1', nothing), host('e2', nothing)]],
    [
      'where the members are those that run',
      [host('e1', runs(member('e1'), member('e2'))), host('e2', runs(member('e1'), member('e2')))],
    ],
    [
      'where a member that is known cannot be reached',
      [host('e1', runs(member('e1'), member('e2'))), host('e2', undefined)],
    ],
    [
      'where a first start was interrupted, and one answers',
      [host('e1', runs(member('e1'), firstStart('e2'))), host('e2', nothing)],
    ],
    [
      'where a first start was interrupted, and nobody answers yet',
      [host('e1', down('e1', 'e2')), host('e2', nothing)],
    ],
    ['where all are down', [host('e1', down('e1', 'e2')), host('e2', down('e1', 'e2'))]],
    [
      'where the cluster was told of a new member, which joins',
      [host('e1', runs(member('e1'), added('e2'))), host('e2', nothing, { joins: true })],
    ],
    [
      'where a host has another name than when it joined',
      [host('e1', runs(member('e9').replace(peer('e9'), peer('e1'))))],
    ],
  ])('%s', (_, candidates) => {
    expect(clusterProblems(candidates)).toEqual([]);
  });
});

describe('refused, with what to do', () => {
  test.each<readonly [string, readonly Candidate[], RegExp]>([
    [
      'a host without data that the running cluster was not told of',
      [host('e1', runs(member('e1'))), host('e2', nothing)],
      /^e2 is not a member of the running cluster \(e1 lists e1\) and would start a second one: .*etcdMember/,
    ],
    [
      'the same though it says that it joins',
      [host('e1', runs(member('e1'))), host('e2', nothing, { joins: true })],
      /^e2 is not a member of the running cluster/,
    ],
    [
      'a new member that would not join',
      [host('e1', runs(member('e1'), added('e2'))), host('e2', nothing)],
      /^e2 is registered with the running cluster: set etcdInitialState: existing/,
    ],
    [
      'a member of the running cluster that the inventory does not have',
      [host('e1', runs(member('e1'), member('e2')))],
      /^e2 \(https:\/\/10\.0\.0\.2:2380\) is a member of the running cluster but not of the group: remove it first/,
    ],
    [
      'a member that lost its data',
      [host('e1', runs(member('e1'), member('e2'))), host('e2', nothing)],
      /^e2 is a member of the running cluster and has lost its data/,
    ],
    [
      'a member that was removed and comes back with its data',
      [host('e1', runs(member('e1'))), host('e2', down('e1', 'e2'))],
      /^e2 has data, but e1 does not know it/,
    ],
    [
      'two clusters',
      [host('e1', runs(member('e1'))), host('e2', runs(member('e1'), member('e2')))],
      /^e1 and e2 disagree about the members \(e1 lists e1; e2 lists e1, e2\)/,
    ],
    [
      'another address of a member',
      [host('e1', runs(member('e1')), { peerUrl: 'https://10.0.0.1:2390' })],
      /^e1 is registered as https:\/\/10\.0\.0\.1:2380, but the inventory makes it/,
    ],
    [
      'a folder of data that moved in the inventory alone',
      [host('e1', parseLook('ours\nelsewhere /var/lib/etcd/default\n'), { dataDir: '/data/etcd' })],
      /^e1 has its data in \/var\/lib\/etcd\/default, but etcdDataDir is \/data\/etcd: it would start empty/,
    ],
    [
      'data of an etcd that others made',
      [host('e1', parseLook('data\n'))],
      /^e1 has data of another etcd in \/var\/lib\/etcd\/default/,
    ],
    [
      'a new host beside members that are down',
      [host('e1', down('e1')), host('e2', nothing)],
      /^e2 has no data and is not among the members that e1 started with, and no member answers/,
    ],
    [
      'a first start where a host that may have the cluster cannot be asked',
      [host('e1', undefined), host('e2', nothing), host('e3', nothing)],
      /^e1 cannot be asked whether a cluster exists, and e2, e3 would start a new one/,
    ],
  ])('%s', (_, candidates, said) => {
    expect(clusterProblems(candidates)).toEqual([expect.stringMatching(said)]);
  });

  test('everything that differs is told together', () => {
    const exchanged = [host('e5', nothing), host('e2', runs(member('e1'), member('e2')))];
    expect(clusterProblems(exchanged)).toEqual([
      expect.stringMatching(/^e1 .* is a member of the running cluster but not of the group/),
      expect.stringMatching(/^e5 is not a member of the running cluster/),
    ]);
  });
});
