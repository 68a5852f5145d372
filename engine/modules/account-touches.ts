/** What else changes with an account. */
import type { Touches } from '../module/plan.ts';

/**
 * In check the accounts that a step names are predicted one by one, so others stay known; homes of
 * users who are only planned are nobody's guess. In a real run all are asked anew.
 * @param paths homes that come, go or move
 */
export function touchedAccounts(check: boolean, paths: readonly string[]): Touches {
  if (check) return { paths, readers: ['home'] };
  return {
    readers: ['account'],
    paths: [
      ...paths,
      '/etc/passwd',
      '/etc/group',
      '/etc/shadow',
      '/etc/gshadow',
      '/etc/subuid',
      '/etc/subgid',
      '/var/mail/',
      '/var/spool/mail/',
    ],
  };
}
