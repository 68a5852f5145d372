import { test } from 'vitest';
import { findLab } from '../../../lab/index.ts';
import { expectPartsOnKubernetes } from './on-kubernetes.ts';
test('x', async () => {
  const lab = await findLab('shard');
  await expectPartsOnKubernetes(lab, 'shard1', ['shard1', 'shard2', 'shard3']);
}, 590000);
