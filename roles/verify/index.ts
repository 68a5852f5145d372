/**
 * Role verify: whether the cluster does what a cluster is for. It makes a namespace of its own and
 * removes it again, also where something failed.
 */
import { assert, block, query, role, waitFor, type Run, type Step } from 'tsplay';
import { k8s, k8sInfo, k8sWait } from 'tsplay/kubernetes';
import { clusterOf } from '../cluster/index.ts';
import { clusterAccess, objectsAccess } from '../master/index.ts';
import { awaited, onMaster } from '../node/index.ts';
import { inUrl } from '../variables.ts';
import { answersScript } from './answers.ts';
import { imagesOf, nodePortOf, podOn, podsOf } from './found.ts';
import { verifyVariables } from './variables.ts';

const namespace = 'play-verify';

export const verify = role({
  name: 'verify',
  vars: verifyVariables,
  uses: { cluster: clusterOf },
  *tasks({ vars, host, cluster }) {
    const { verifyDemoBefore: before, verifyDemoAfter: after } = vars;
    const access = clusterAccess(cluster, vars);
    const objects = objectsAccess(cluster, vars);
    const once = { runOnce: true, on: onMaster(vars) } as const;
    const apply = (name: string, src: string, images: Readonly<Record<string, string>>): Step =>
      k8s(name, { ...objects, src: `verify/${src}.yaml.hbs`, vars: images }, once);
    const rollout = (name: string, object: string): Step =>
      k8sWait(
        name,
        { ...access, object, namespace, for: 'rollout', timeout: vars.verifySeconds },
        once,
      );
    const pods = podsWith('web');
    const rolled = podsWith('demo');
    const service = k8sInfo(
      'the service',
      { ...access, kind: 'services', name: 'web', namespace },
      once,
    );
    const namespaceObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    const own = (run: Run): string => podOn(run.result(pods).objects, cluster.nodeNameOf(host));

    yield awaited('the node is ready', 'Ready', host, cluster, vars);
    yield block('what a cluster is for', {
      tasks: [
        k8s('namespace of its own', { ...objects, manifest: namespaceObject }, once),
        apply('a service with a pod on each node', 'web', {
          image: before,
          tools: vars.verifyToolsImage,
        }),
        rollout('a pod runs on each node', 'daemonset/web'),
        pods,
        service,
        kubectl('its pod reaches pods of all nodes, the service by address and by name', (run) => {
          const addresses = podsOf(run.result(pods).objects);
          const script = answersScript(cluster, addresses, run.result(service).objects);
          return ['exec', own(run), '--container', 'tools', '--', '/bin/sh', '-c', script];
        }),
        waitFor('the service answers on a port of the node', {
          http: (run) => ({
            url: `http://${inUrl(host.address)}:${nodePortOf(run.result(service).objects)}/`,
          }),
          timeout: vars.verifySeconds,
        }),
        kubectl('logs of its pod', (run) => ['logs', own(run), '--container', 'web']),
        apply('demo, first image', 'demo', { image: before }),
        rollout('demo, first image: rolled out', 'deployment/demo'),
        apply('demo, next image', 'demo', { image: after }),
        rollout('demo, next image: rolled out', 'deployment/demo'),
        rolled,
        assert(
          'the demo runs the next image alone',
          {
            that: (run) => imagesOf(run.result(rolled).objects).every((image) => image === after),
            message: (run) => `it runs ${imagesOf(run.result(rolled).objects).join(', ')}`,
          },
          { runOnce: true },
        ),
      ],
      always: [
        k8s(
          'namespace removed',
          { ...objects, manifest: namespaceObject, state: 'absent', timeout: vars.verifySeconds },
          { ...once, timeout: vars.verifySeconds + 60 },
        ),
      ],
    });

    function podsWith(app: 'web' | 'demo') {
      const name = `pods of the ${app === 'web' ? 'service' : 'demo'}`;
      return k8sInfo(name, { ...access, kind: 'pods', namespace, selector: `app=${app}` }, once);
    }

    function kubectl(name: string, words: (run: Run) => readonly string[]): Step {
      const before = [`--kubeconfig=${access.kubeconfig}`, '--cache-dir=/run/play-kubectl'];
      const argv = [access.kubectl, ...before, `--namespace=${namespace}`];
      return query(
        name,
        { argv: (run) => [...argv, ...words(run)] },
        {
          on: onMaster(vars),
          until: ({ code }) => code === 0,
          retries: vars.verifyRetries,
          delay: 3,
          timeout: 120,
        },
      );
    }
  },
});
