/** Values of the reader of units, for tables. */
import type { Unit } from '../../engine/readers/services/unit.ts';

/** A service that is loaded, not running and not enabled; what a test is about is given. */
export const unitOf = (given: Partial<Unit> = {}): Unit => ({
  id: 'app.service',
  loadState: 'loaded',
  activeState: 'inactive',
  subState: 'dead',
  unitFileState: 'disabled',
  preset: 'enabled',
  fragmentPath: '/etc/systemd/system/app.service',
  needDaemonReload: false,
  mainPid: 0,
  invocationId: '',
  restarts: 0,
  result: 'success',
  type: 'simple',
  remainAfterExit: false,
  canReload: false,
  triggeredBy: [],
  job: false,
  sysvEnabled: undefined,
  changedAt: 0,
  ...given,
});
