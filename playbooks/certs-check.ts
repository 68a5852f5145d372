/**
 * How long the certificates of a cluster last. It changes nothing.
 *
 *     npx play certs-check.ts -i inventories/prod.yaml
 *     npx play certs-check.ts -i inventories/prod.yaml -e certsWarnDays=60
 *
 * It fails where fewer days than certsWarnDays are left, so that a timer can run it.
 */
import { assert, certificateInfo, debug, play, playbook, variables, z } from 'tsplay';
import { certificateFiles, certificateTable, pkiVariables } from '../roles/pki/index.ts';

export default playbook([
  play({
    name: 'certificates',
    hosts: 'all',
    vars: variables(pkiVariables, {
      certsWarnDays: z.int().min(0).default(14).describe('fail with fewer days left'),
    }),
    *tasks({ vars: { certsWarnDays, ...vars }, host }) {
      const found = certificateInfo('certificates of the host', {
        paths: [...certificateFiles(vars)],
      });
      yield found;
      yield debug('how long they last', {
        message: (run) => certificateTable(host.name, run.result(found).certificates),
      });
      yield assert('they last long enough', {
        that: (run) =>
          run.result(found).certificates.every(({ daysLeft }) => daysLeft >= certsWarnDays),
        message: `a certificate ends within ${certsWarnDays} days: run the playbook of the cluster`,
      });
    },
  }),
]);
