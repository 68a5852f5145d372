/** Units that are enabled by enabling others: `Also=`. */
import { describe, test } from 'vitest';
import { systemd } from '../../../engine/modules/services/systemd/index.ts';
import { unit, type Unit } from '../../../engine/readers/services/unit.ts';
import { testModule } from '../../../engine/testing.ts';
import { recorded } from '../../readers/recorded.ts';

const found = recorded(unit.definition, 'unit-debian-12').find(
  ({ key }) => key.unit === 'ssh.service',
)?.answer;
if (found?.answer !== 'value') throw new Error('ssh.service is not in the recording');
const ssh: Unit = found.value;

describe('a unit that is enabled by others', () => {
  const indirect = { unit: { ...ssh, unitFileState: 'indirect' } };
  const socket = (unitFileState: string) => ({
    'also ssh.socket': { ...ssh, id: 'ssh.socket', unitFileState },
  });
  testModule(
    systemd,
    [
      {
        name: 'enables those',
        want: { unit: 'ssh', enabled: true },
        is: { ...indirect, ...socket('disabled') },
        differences: [{ what: 'enabled', from: 'indirect', to: true }],
        script: ['ctl enable -- "$unit"'],
      },
      {
        name: 'is as wanted where they are enabled',
        want: { unit: 'ssh', enabled: true },
        is: { ...indirect, ...socket('enabled') },
        plan: 'same',
      },
      {
        name: 'disables those',
        want: { unit: 'ssh', enabled: false },
        is: { ...indirect, ...socket('enabled') },
        script: ['ctl disable -- "$unit"'],
      },
      {
        name: 'cannot be enabled where it names none',
        want: { unit: 'ssh', enabled: true },
        is: indirect,
        plan: 'same',
      },
    ],
    test,
  );
});
