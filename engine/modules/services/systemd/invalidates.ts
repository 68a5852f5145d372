/** What else on the host may be different once a unit was started, stopped or enabled. */
import type { Invalidates } from '../../../module/plan.ts';
import type { Unit } from '../../../readers/services/unit.ts';
import type { UnitSteps } from './differences.ts';

/** Services of systemd that apply configuration to the host itself. */
const appliers =
  /^(systemd-(sysctl|modules-load|tmpfiles-.*|sysusers|hostnamed|timedated|localed|binfmt|udevd?.*)|kmod|procps|networking|systemd-networkd|NetworkManager|nftables|netfilter-persistent|iptables|firewalld)\.service$/;

/**
 * A daemon writes below /run and /var when it starts or stops; a one-shot service or a target can
 * do anything, as can those whose work is to configure the host.
 */
export function invalidatedBy(id: string, steps: UnitSteps, is: Unit | undefined): Invalidates {
  if (steps.run === undefined)
    return { readers: ['unit'], paths: ['/etc/systemd/', '/run/systemd/'] };
  const daemon = /\.(service|socket|timer|path)$/.test(id) && is?.type !== 'oneshot';
  if (!daemon || appliers.test(id)) return 'everything';
  return { readers: ['unit'], paths: ['/run/', '/var/', '/tmp/', '/dev/'] };
}
