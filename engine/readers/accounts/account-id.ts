/** Names and numbers of users and groups, by either: one getent for all of a kind. */
import { absent, defineReader, value, type Answer, type Read } from '../../module/reader.ts';
import { broughtNamed } from '../packages/brought-answers.ts';
import { quote } from '../../shell/quote.ts';

export interface AccountId {
  readonly name: string;
  /** -1 where check cannot number it. */
  readonly id: number;
}

interface Key {
  readonly kind: 'user' | 'group';
  /** The name, or the number that it has. */
  readonly is: string | number;
}

const reader = defineReader<Key, AccountId>({
  name: 'accountId',
  // busybox hosts have no getent
  script: (keys, mark) => `ids() {
f=$1; shift
if command -v getent >/dev/null 2>&1; then getent "$f" -- "$@"
else for n; do case $n in *[!0-9]*) grep "^$n:" "/etc/$f" ;; *) grep "^[^:]*:[^:]*:$n:" "/etc/$f" ;; esac; done; fi
}
${ask('passwd', 'user', keys, mark)}${ask('group', 'group', keys, mark)}printf '%s end\\n' ${mark}`,
  parse(output, keys, mark) {
    const parts = output.stdout.toString('utf8').split(`${mark} `);
    if (!parts.some((part) => part.startsWith('end'))) {
      throw new Error('the answer of the account reader is cut short');
    }
    const lines = (database: string): readonly AccountId[] =>
      (parts.find((part) => part.startsWith(`${database}\n`)) ?? '')
        .split('\n')
        .slice(1)
        .filter((line) => line !== '')
        .map((line) => line.split(':'))
        .map(([name = '', , id = '']) => ({ name, id: Number(id) }));
    const found = { user: lines('passwd'), group: lines('group') };
    return keys.map(({ kind, is }): Answer<AccountId> => {
      const one = found[kind].find(({ name, id }) => (typeof is === 'string' ? name : id) === is);
      return one === undefined ? absent : value(one);
    });
  },
  processes: (keys) => new Set(keys.map(({ kind }) => kind)).size,
  dependsOn: ({ kind }) => [kind === 'user' ? '/etc/passwd' : '/etc/group'],
  brought: {
    answer: ({ kind, is }, brought, now) =>
      typeof is === 'number'
        ? 'unchanged'
        : broughtNamed(kind === 'user' ? 'users' : 'groups', is, brought, now, () => ({
            name: is,
            id: -1,
          })),
  },
});

function ask(database: string, kind: Key['kind'], keys: readonly Key[], mark: string): string {
  const words = keys.filter((key) => key.kind === kind).map(({ is }) => quote(String(is)));
  return words.length === 0
    ? ''
    : `printf '%s ${database}\\n' ${mark}\nids ${database} ${words.join(' ')}\n`;
}

/**
 * Asks for a user's name and number; absent where there is none.
 * @param is login name, or number
 * @returns a read of `{ name, id }`
 * @example
 * export const reads = { owner: readers.userId('www-data'), first: readers.userId(1000) };
 */
export const userId = (is: string | number): Read<AccountId> => reader({ kind: 'user', is });

/**
 * Asks for a group's name and number; absent where there is none.
 * @param is name, or number
 * @returns a read of `{ name, id }`
 * @example
 * export const reads = { group: readers.groupId('www-data') };
 */
export const groupId = (is: string | number): Read<AccountId> => reader({ kind: 'group', is });

export const accountId = reader;

/**
 * Login names of users that have a group as their primary one.
 * @param key name of the group
 * @returns a read of a list; empty where there is no such user
 * @example
 * export const reads = { primary: readers.usersOfGroup({ group: 'staff' }) };
 */
export const usersOfGroup = defineReader<{ readonly group: string }, readonly string[]>({
  name: 'usersOfGroup',
  script: (keys, mark) => `all() {
if command -v getent >/dev/null 2>&1; then getent "$1"; else cat "/etc/$1"; fi
}
${keys
  .map(
    ({ group }) => `gid=$(all group | while IFS=: read -r n x g x; do
if [ "$n" = ${quote(group)} ]; then printf '%s' "$g"; break; fi; done)
all passwd | while IFS=: read -r n x u g x; do
if [ "$g" = "$gid" ]; then printf '%s ' "$n"; fi; done
printf '%s\\n' ${mark}`,
  )
  .join('\n')}`,
  parse({ stdout }, keys, mark) {
    const parts = stdout.toString('utf8').split(`${mark}\n`);
    if (parts.length <= keys.length) throw new Error('the answer of the group reader is cut short');
    return keys.map((_, index) => value((parts[index] ?? '').split(' ').filter(Boolean)));
  },
  processes: (keys) => 4 * keys.length,
  dependsOn: () => ['/etc/passwd', '/etc/group'],
});
