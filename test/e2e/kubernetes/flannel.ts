/** Without an image of flannel here, the API server itself is asked what it would make of it. */
import { expect } from 'vitest';
import type { ClusterLab } from './lab.ts';

/** In check the API server tries the objects, keeps none, and says what would be other. */
export async function expectFlannelTaken(work: ClusterLab): Promise<void> {
  const argv = ['site.ts', '-i', work.inventory, '--check', '--tags', 'cni'];
  const taken = ['-e', 'cniKind=flannel', '-e', 'preflightAllowChanges=[cniKind]'];
  const run = await work.play([...argv, ...taken]);
  const failed = run.ends.filter(({ outcome }) => outcome === 'failed');
  expect([run.exitCode, failed]).toEqual([0, []]);
  const [flannel] = run.ends.filter(
    ({ step, outcome }) => step.name === 'flannel' && outcome !== 'skipped',
  );
  expect(flannel?.outcome).toBe('changed');
  const objects = JSON.stringify(flannel?.differences);
  for (const kind of ['ClusterRole', 'ConfigMap', 'DaemonSet']) expect(objects).toContain(kind);
}
