/** A node of the lab's cluster goes out of service and comes back, by the module. */
import { expect } from 'vitest';
import type { Lab } from '../../../lab/index.ts';
import { eventually, kubectl, readyNodes, type ClusterLab } from './lab.ts';

const source = `
import { play, playbook, z } from 'tsplay';
import { k8sDrain } from 'tsplay/kubernetes';
export default playbook([
  play({
    name: 'service',
    hosts: 'kube1',
    vars: z.strictObject({ drainNode: z.string(), drainState: z.enum(['drained', 'uncordoned']) }),
    *tasks({ vars }) {
      yield k8sDrain('node', {
        node: vars.drainNode,
        state: vars.drainState,
        kubectl: '/opt/k8s/bin/kubectl',
      });
    },
  }),
]);
`;

/** Drains the node with pods on it, twice, and takes it back. */
export async function expectDrained(lab: Lab, work: ClusterLab, node: string): Promise<void> {
  const book = await work.playbook('drain.ts', source);
  const run = async (state: string, ...more: readonly string[]) => {
    const set = ['-e', `drainNode=${node}`, '-e', `drainState=${state}`];
    const ran = await work.play([book, '-i', work.inventory, ...set, ...more]);
    return [ran.exitCode, ran.of('changed')];
  };
  const change = [0, ['kube1 service/node']];
  const ask = (words: string): Promise<string> => kubectl(lab, 'kube1', words);
  await ask('create deployment busy --image=nginx:1.8 --replicas=6');
  const ready = () => ask('get deployment busy -o jsonpath={.status.readyReplicas}');
  const nodes = () => ask('get pods -l app=busy -o jsonpath={.items[*].spec.nodeName}');
  await eventually(120, ready, (count) => count === '6');
  expect(await nodes()).toContain(node);

  expect(await run('drained', '--check')).toEqual(change);
  expect(await nodes()).toContain(node);
  expect(await run('drained')).toEqual(change);
  expect(await nodes()).not.toContain(node);
  expect(await readyNodes(lab, 'kube1')).not.toContain(node);
  expect(await run('drained')).toEqual([0, []]);
  expect(await run('uncordoned')).toEqual(change);
  expect(await readyNodes(lab, 'kube1')).toContain(node);
  await ask('delete deployment busy');
}
