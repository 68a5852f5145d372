/** The examples of what roles are made of, as their doc comments have them. */
import { ask, debug, once, role, service, variables, z } from 'tsplay';
import type { Equal } from './equal.ts';

const cluster = z
  .strictObject({ clusterName: z.string() })
  .refine(({ clusterName }) => clusterName !== 'default', 'the name is taken');

export const dns = role({
  name: 'dns',
  vars: variables(cluster, { dnsReplicas: z.int().default(2) }),
  uses: { domain: ({ vars }) => `${vars.clusterName}.local` },
  *tasks({ vars, domain }) {
    const haproxy = service('haproxy', { packages: 'haproxy', change: 'reload' });
    yield haproxy.installed;
    yield haproxy.config('haproxy configuration', {
      src: 'haproxy.cfg.hbs',
      dest: '/etc/haproxy/haproxy.cfg',
      vars: { replicas: vars.dnsReplicas, domain },
    });
    yield haproxy.running;

    const joined = ask('has joined', { argv: ['test', '-s', '/etc/kubernetes/node.conf'] });
    yield joined;
    yield debug('joins', { message: 'for the first time' }, { when: (run) => !run.result(joined) });
    yield debug('both', {
      message(run) {
        const now: Equal<ReturnType<typeof run.result<boolean>>, boolean> = true;
        return `${now} ${run.tryResult(joined) ?? 'unknown'}`;
      },
    });

    const objects = debug('objects', { message: 'applied' });
    const answers = debug('answers', { message: 'they do' });
    yield once((run) => run.firstReachable('masters'), objects, answers);
  },
});

service('web', {
  rolling: { after: [debug('works again', { message: 'yes' })], atOnce: 5 },
  start: { settle: { stable: 5 } },
});
// @ts-expect-error a change takes a restart or a reload
service('web', { change: 'stop' });
// @ts-expect-error the answer is yes or no, and has no exit code
ask('x', { argv: ['true'] }, { until: ({ code }) => code === 0 });
// @ts-expect-error every exit code is an answer
ask('x', { argv: ['true'], codes: [0] });
// @ts-expect-error what is done once is a step
once('web1', 'restart');
