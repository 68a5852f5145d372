/**
 * An etcd cluster, and one address in front of it: haproxy on every balancer asks which members
 * are healthy, keepalived gives the address to a balancer that works.
 *
 *     npx play site.ts -i inventories/lab.yaml
 */
import { play, playbook, waitFor, z } from 'tsplay';
import { common } from '../roles/common/index.ts';
import { etcd } from '../roles/etcd/index.ts';
import { haproxy } from '../roles/haproxy/index.ts';
import { keepalived } from '../roles/keepalived/index.ts';
import { time } from '../roles/time/index.ts';

export default playbook([
  play({
    name: 'hosts',
    hosts: 'etcd:haproxy:keepalived',
    roles: [common.with({}, { tags: ['common'] }), time.with({}, { tags: ['time'] })],
  }),
  play({
    name: 'etcd',
    hosts: 'etcd',
    roles: [etcd.with({}, { tags: ['etcd'] })],
  }),
  play({
    name: 'shared address',
    hosts: 'haproxy:keepalived',
    vars: z.strictObject({
      siteUrl: z.url().optional().describe('what must answer through the shared address'),
    }),
    *tasks({ vars, host }) {
      if (host.groups.includes('haproxy')) yield haproxy.with({}, { tags: ['haproxy'] });
      if (host.groups.includes('keepalived')) yield keepalived.with({}, { tags: ['keepalived'] });
      if (vars.siteUrl !== undefined) {
        yield waitFor(
          'the shared address answers',
          { http: { url: vars.siteUrl }, timeout: 30 },
          { tags: ['verify'] },
        );
      }
    },
  }),
]);
