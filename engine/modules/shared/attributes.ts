/** Mode, owner and group: arguments, what differs, and the alterations that set them. */
import { z } from 'zod';
import type { SetAttributes } from '../../module/alteration.ts';
import type { Difference } from '../../module/plan.ts';
import type { AccountId } from '../../readers/accounts/account-id.ts';
import { formatMode, type FileValue } from '../../readers/files/file-value.ts';
import { modeSchema, resolveMode } from './mode.ts';

/** Who owns a file: as written, or as the host knows it. */
export type Account = string | number | AccountId;

const account: z.ZodType<Account, string | number> = z.union([z.string().min(1), z.int().min(0)]);

/**
 * Arguments that every module that writes files has: `mode`, `owner`, `group`.
 * @example
 * export const args = z.strictObject({
 *   path: toolkit.absolutePath.describe('the file on the host'),
 *   ...toolkit.attributeArgs,
 * });
 */
export const attributeArgs = {
  mode: modeSchema.optional().describe("permissions: '0644' or symbolic, 'u=rwX,g-w'"),
  owner: account.optional().describe('name or uid'),
  group: account.optional().describe('name or gid'),
};

export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: Account | undefined;
  readonly group?: Account | undefined;
}

/** What of mode, owner and group is not as wanted. */
export function attributeDifferences(want: Attributes, is: FileValue): Difference[] {
  const found: Difference[] = [];
  const mode = wantedMode(want, is);
  if (mode !== is.mode) found.push({ what: 'mode', from: is.mode, to: mode });
  if (want.owner !== undefined && !isAccount(want.owner, is.owner, is.uid)) {
    found.push({ what: 'owner', from: is.owner, to: nameOf(want.owner) });
  }
  if (want.group !== undefined && !isAccount(want.group, is.group, is.gid)) {
    found.push({ what: 'group', from: is.group, to: nameOf(want.group) });
  }
  return found;
}

/** The mode afterwards of something that is there; links have none of their own. */
export function wantedMode(want: Attributes, is: FileValue): string {
  if (want.mode === undefined || is.type === 'link') return is.mode;
  return resolveMode(want.mode, is.mode, is.type === 'directory');
}

/**
 * Owner and mode, set in place. Permissions that fall are taken away first, so that a new owner or
 * group never has the old ones.
 * @param path absolute path of what is there
 * @param want mode, owner and group, as far as they are wanted
 * @param is what is there now
 * @returns one of `alters` of a change
 * @example
 * const read = readers.file({ path: '/etc/motd' });
 * export const module = defineModule({
 *   name: 'openMotd',
 *   summary: 'Lets everybody read the message of the day.',
 *   args: z.strictObject({}),
 *   example: `openMotd('message', {})`,
 *   reads: () => ({ now: read }),
 *   plan(_want, { now }) {
 *     if (now === undefined || now.mode === '0644') return same({});
 *     return change({
 *       differences: [{ what: 'mode', from: now.mode, to: '0644' }],
 *       alters: [toolkit.setAttributes('/etc/motd', { mode: '0644' }, now)],
 *       after: [predict(read, value({ ...now, mode: '0644' }))],
 *       invalidates: { paths: ['/etc/motd'] },
 *       result: {},
 *     });
 *   },
 * });
 */
export function setAttributes(path: string, want: Attributes, is: FileValue): SetAttributes {
  const found = attributeDifferences(want, is).map((difference) => difference.what);
  const mode = is.type === 'link' ? undefined : wantedMode(want, is);
  const owned = found.includes('owner') || found.includes('group');
  const least = mode && formatMode(Number.parseInt(mode, 8) & Number.parseInt(is.mode, 8));
  return {
    kind: 'attributes',
    path,
    type: is.type === 'directory' || is.type === 'link' ? is.type : 'file',
    ...(owned && { owner: ownership(want) }),
    ...(owned && least !== is.mode && { least }),
    // chown takes set-id bits away
    mode,
  };
}

/** `owner:group` for chown; a part that is not wanted is left out. */
export function ownership(want: Attributes): string {
  const owner = want.owner === undefined ? '' : nameOf(want.owner);
  return want.group === undefined ? owner : `${owner}:${nameOf(want.group)}`;
}

/** The attributes as far as they can be known before anything is written. */
export function predictAttributes(want: Attributes, is: FileValue): FileValue {
  return {
    ...is,
    mode: wantedMode(want, is),
    ...(want.owner !== undefined && predictAccount(want.owner, is.owner, is.uid, 'owner', 'uid')),
    ...(want.group !== undefined && predictAccount(want.group, is.group, is.gid, 'group', 'gid')),
  };
}

function predictAccount(
  wanted: Account,
  name: string,
  id: number,
  nameField: string,
  idField: string,
): Partial<FileValue> {
  if (isAccount(wanted, name, id)) return {};
  return { [nameField]: nameOf(wanted), [idField]: numberOf(wanted) };
}

/** Several names may share a number, and the number is who they are. */
function isAccount(wanted: Account, name: string, id: number): boolean {
  const number = numberOf(wanted);
  return number === -1 || id === -1 ? nameOf(wanted) === name : number === id;
}

const nameOf = (account: Account): string =>
  typeof account === 'object' ? account.name : String(account);

/** -1 where nobody knows. */
function numberOf(account: Account): number {
  if (typeof account === 'object') return account.id;
  if (account === 'root') return 0;
  return /^\d+$/.test(String(account)) ? Number(account) : -1;
}
