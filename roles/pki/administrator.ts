/** The administrator's kubeconfig on the controller. */
import { resolve } from 'node:path';
import { block, PlaybookError, type Step } from 'tsplay';
import { administrator, config } from './config.ts';
import { ownApiServer } from './master.ts';
import type { Parts } from './steps.ts';

/** Once for all hosts, on the controller, as the person who runs the playbook. */
export function* administratorsOwn(parts: Parts): Iterable<Step> {
  const { cluster, vars } = parts;
  if (vars.pkiAdminFile === undefined) return;
  const [first] = cluster.masters;
  if (!first) throw new PlaybookError(`${cluster.name} has no master`);
  // the proxy of a node is at no address that the controller could ask
  const server =
    cluster.endpoint.kind === 'local-nginx' ? ownApiServer(first, cluster) : cluster.endpoint.url;
  yield block(
    'on the controller',
    {
      tasks: [
        config(parts, {
          ...administrator,
          name: 'of the administrator on the controller',
          path: resolve(vars.pkiAdminFile),
          server,
        }),
      ],
    },
    { on: 'localhost', become: false, runOnce: true },
  );
}
