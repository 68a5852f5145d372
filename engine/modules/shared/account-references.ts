/** The one place that looks accounts up which a step names: owners, groups, users of jobs. */
import { reference, type Reference, type References } from '../../module/reference.ts';
import type { Read } from '../../module/reader.ts';
import { groupId, userId, type AccountId } from '../../readers/accounts/account-id.ts';
import type { Account, Attributes } from './attributes.ts';

/** @param name a login name; numbers need no account */
export const userReference = (name: string): Reference =>
  reference(userId(name), (is) =>
    is ? undefined : { message: `there is no user ${name}`, hint: made('user', name) },
  );

export const groupReference = (name: string): Reference =>
  reference(groupId(name), (is) =>
    is ? undefined : { message: `there is no group ${name}`, hint: made('group', name) },
  );

const made = (module: string, name: string): string =>
  `is the name right? else make it first: ${module}('…', { name: '${name}' }), or install what brings it`;

/** Owner and group of a file. */
export function accountsOf({ owner, group }: Attributes): References {
  return {
    ...(isLookedUp(owner) && { owner: userReference(owner) }),
    ...(isLookedUp(group) && { group: groupReference(group) }),
  };
}

/** For modules whose arguments are mode, owner and group of a file. */
export const ownedFile = { refers: accountsOf, named: withAccounts };

/**
 * For modules that keep mode, owner and group in `want`, beside what they prepared: spread into the
 * definition, it looks the accounts up and fails where there is none.
 */
export const ownedWithin = {
  refers: ({ want }: { readonly want: Attributes }): References => accountsOf(want),
  named: <W extends { readonly want: Attributes }>(whole: W, values: Values): W => ({
    ...whole,
    want: withAccounts(whole.want, values),
  }),
};

type Values = Readonly<Record<string, unknown>>;

/** With the accounts as the host knows them, so that they are compared by number. */
export function withAccounts<W extends Attributes>(want: W, { owner, group }: Values): W {
  return {
    ...want,
    ...(isAccountId(owner) && { owner }),
    ...(isAccountId(group) && { group }),
  };
}

const isAccountId = (value: unknown): value is AccountId =>
  typeof value === 'object' && value !== null && 'id' in value;

/** Every system has root, and chown takes any number. */
const isLookedUp = (account: Account | undefined): account is string =>
  typeof account === 'string' && account !== 'root' && !/^\d+$/.test(account);

/** A number that nobody else may have. @param read asks who has it */
export const freeNumber = (read: Read<AccountId>, name: string): Reference =>
  reference(read, (is) =>
    is === undefined || is.name === name
      ? undefined
      : { message: `${is.name} has the number ${is.id}`, hint: `give ${name} another one` },
  );
