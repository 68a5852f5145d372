/** What else changes with an account. */
import { becoming } from '../../../module/becoming.ts';
import { predict, type Prediction, type Invalidates } from '../../../module/plan.ts';
import { absent, value, type Read } from '../../../module/reader.ts';
import { groupId, userId, type AccountId } from '../../../readers/accounts/account-id.ts';
import { home } from '../../../readers/accounts/home.ts';

/**
 * In check the accounts that a step names are predicted one by one, so others stay known. In a real
 * run all are asked anew.
 * @param paths homes that come, go or move
 * @param user who comes, goes or changes
 */
export function invalidatedByAccounts(
  check: boolean,
  paths: readonly string[],
  user?: string,
): Invalidates {
  if (check) {
    if (user === undefined) return { paths };
    return { paths, reads: [home({ user }), becoming(user)] };
  }
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

type AskId = (is: string | number) => Read<AccountId>;

/** Who has which name and number afterwards. @param to -1 for the next free one; undefined: gone */
const predictId =
  (ask: AskId) =>
  (name: string, from: number | undefined, to: number | undefined): readonly Prediction[] => [
    predict(ask(name), to === undefined ? absent : value({ name, id: to })),
    ...(from === undefined || from < 0 || from === to ? [] : [predict(ask(from), absent)]),
    ...(to === undefined || to < 0 ? [] : [predict(ask(to), value({ name, id: to }))]),
  ];

export const predictUserId = predictId(userId);
export const predictGroupId = predictId(groupId);
