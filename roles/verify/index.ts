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
import { imagesOf, nodePortOf, podOn, podsOf, tools } from './found.ts';
import { demoObject, namespace, namespaceObject, webName, webObjects } from './objects.ts';
import { verifyVariables } from './variables.ts';

export const verify = role({
  name: 'verify',
  vars: verifyVariables,
  uses: { cluster: clusterOf },
  *tasks({ vars, host, cluster }) {
    const node = cluster.nodeNameOf(host);
    const access = clusterAccess(cluster, vars);
    const once = { runOnce: true, on: onMaster(vars) } as const;
    const apply = (name: string, manifest: Parameters<typeof k8s>[1]['manifest']): Step =>
      k8s(name, { ...objectsAccess(cluster, vars), manifest }, once);
    const rollout = (name: string, object: string): Step =>
      k8sWait(
        name,
        { ...access, object, namespace, for: 'rollout', timeout: vars.verifySeconds },
        once,
      );
    const kubectl = (...words: string[]): string[] => [
      access.kubectl,
      `--kubeconfig=${access.kubeconfig}`,
      '--cache-dir=/run/play-kubectl',
      `--namespace=${namespace}`,
      ...words,
    ];
    const until = {
      on: onMaster(vars),
      until: ({ code }: { readonly code: number }) => code === 0,
      retries: vars.verifyRetries,
      delay: 3,
      timeout: 120,
    };

    const pods = k8sInfo(
      'pods of the service',
      {
        ...access,
        kind: 'pods',
        namespace,
        selector: `app=${webName}`,
      },
      once,
    );
    const service = k8sInfo(
      'the service',
      {
        ...access,
        kind: 'services',
        name: webName,
        namespace,
      },
      once,
    );
    const own = (run: Run): string => podOn(run.result(pods).objects, node);
    const answers = query(
      'its pod reaches pods of all nodes, the service by address and by name',
      {
        argv: (run) =>
          kubectl(
            'exec',
            own(run),
            '--container',
            tools,
            '--',
            '/bin/sh',
            '-c',
            answersScript(cluster, podsOf(run.result(pods).objects), run.result(service).objects),
          ),
      },
      until,
    );
    const demo = [vars.verifyDemoBefore, vars.verifyDemoAfter].flatMap((image, index) => [
      apply(`demo, ${index === 0 ? 'first' : 'next'} image`, demoObject(image)),
      rollout(`demo, ${index === 0 ? 'first' : 'next'} image: rolled out`, 'deployment/demo'),
    ]);
    const rolled = k8sInfo(
      'pods of the demo',
      {
        ...access,
        kind: 'pods',
        namespace,
        selector: 'app=demo',
      },
      once,
    );

    yield awaited('the node is ready', 'Ready', host, cluster, vars);
    yield block('what a cluster is for', {
      tasks: [
        apply('namespace of its own', namespaceObject),
        apply('a service with a pod on each node', webObjects(vars)),
        rollout('a pod runs on each node', `daemonset/${webName}`),
        pods,
        service,
        answers,
        waitFor('the service answers on a port of the node', {
          http: (run) => ({
            url: `http://${inUrl(host.address)}:${nodePortOf(run.result(service).objects)}/`,
          }),
          timeout: vars.verifySeconds,
        }),
        query(
          'logs of its pod',
          { argv: (run) => kubectl('logs', own(run), '--container', webName) },
          until,
        ),
        ...demo,
        rolled,
        assert(
          'the demo runs the next image alone',
          {
            that: (run) =>
              imagesOf(run.result(rolled).objects).every((image) => image === vars.verifyDemoAfter),
            message: (run) => `it runs ${imagesOf(run.result(rolled).objects).join(', ')}`,
          },
          { runOnce: true },
        ),
      ],
      always: [
        k8s(
          'namespace removed',
          {
            ...objectsAccess(cluster, vars),
            manifest: namespaceObject,
            state: 'absent',
            timeout: vars.verifySeconds,
          },
          { ...once, timeout: vars.verifySeconds + 60 },
        ),
      ],
    });
  },
});
