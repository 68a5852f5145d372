/** Services and jobs: units of systemd, timers, cron, and what is made at boot. */
export { cron } from './cron/index.ts';
export { reboot } from './reboot.ts';
export { service, type RollingRestart, type Service, type ServiceOptions } from './service.ts';
export { systemd } from './systemd/index.ts';
export { systemdUnit } from './systemd-unit/index.ts';
export { timer } from './timer/index.ts';
export { tmpfiles } from './tmpfiles.ts';
