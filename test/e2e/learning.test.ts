/** After one host of a release got the playbook, check on a bare one knows what packages bring. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../../lab/index.ts';
import { inventoryFile, labFor } from './lab.ts';
import { runPlay } from './run-play.ts';

let lab: Lab;
let cache = '';

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'tsplay-cache-'));
  lab = await labFor('learn', 2);
}, 300_000);
afterAll(async () => {
  await lab.down();
  await rm(cache, { recursive: true, force: true });
});

const services = [
  { name: 'etcd-health', port: 8379, mode: 'http', servers: { group: 'etcd', port: 2381 } },
];

/** All of the playbook on that host alone. */
async function site(host: string, ...more: readonly string[]) {
  const one = { ...lab, hosts: lab.hosts.filter(({ name }) => name === host) };
  const groups = { etcd: [host], haproxy: [host], chrony_server: [host] };
  const inventory = await inventoryFile(one, groups, {
    etcdMetricsOpen: true,
    timeSources: [],
    haproxyServices: services,
  });
  const env = { TSPLAY_CACHE: cache };
  return runPlay(['site.ts', '-i', inventory, ...more], { cwd: process.cwd(), env });
}

const share = ({ ends }: Awaited<ReturnType<typeof site>>): number =>
  ends.filter(({ outcome }) => outcome === 'unknown').length / ends.length;

test('at most a tenth of the steps is unknown then, and the run changes what check said', async () => {
  const before = await site('learn2', '--check');
  expect(share(before)).toBeGreaterThan(0.1);
  expect((await site('learn1')).exitCode).toBe(0);
  const after = await site('learn2', '--check', '-v');
  expect(after.exitCode).toBe(0);
  expect(share(after)).toBeLessThanOrEqual(0.1);
  const texts = after.events.flatMap((event) => (event.event === 'message' ? [event.text] : []));
  expect(texts).toContainEqual(expect.stringMatching(/was learned from learn1$/));
  const run = await site('learn2');
  expect(run.exitCode).toBe(0);
  const planned = new Set([...after.of('changed'), ...after.of('unknown')]);
  expect(run.of('changed').filter((step) => !planned.has(step))).toEqual([]);
  const changed = new Set(run.of('changed'));
  expect(after.of('changed').filter((step) => !changed.has(step))).toEqual([]);
}, 900_000);
