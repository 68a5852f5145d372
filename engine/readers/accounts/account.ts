/** Users and groups: one getent for all of a kind. */
import { sha256 } from '../../digest.ts';
import { absent, defineReader, value, type Answer, type Read } from '../../module/reader.ts';
import type { ReaderOutput } from '../../module/reader.ts';
import { broughtNamed, fieldsOf, type Learned } from '../packages/brought-answers.ts';
import { quote } from '../../shell/quote.ts';

export interface UserAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Name of the primary group, or its number where it has none. */
  readonly group: string;
  /** Other groups that list the user, sorted. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  /** Whether the home folder is there. */
  readonly homeExists: boolean;
  readonly shell: string;
  readonly password: Password;
}

/** What /etc/shadow says, without the hash itself. */
export type Password =
  | { readonly readable: false }
  | {
      readonly readable: true;
      /** Nobody can log in with a password: `!` stands before the hash. */
      readonly locked: boolean;
      /** sha256 of the hash without its lock; of the empty text where there is none. */
      readonly digest: string;
    };

export interface GroupAccount {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

interface AccountKey {
  readonly kind: 'user' | 'group';
  readonly name: string;
}

type Account = UserAccount | GroupAccount;

const readAccount = defineReader<AccountKey, Account>({
  name: 'account',
  script: (keys, mark) => {
    const users = namesOf(keys, 'user');
    const groups = namesOf(keys, 'group');
    return `entries() {
  f=$1; shift
  if command -v getent >/dev/null 2>&1; then getent "$f" \${1+--} "$@"
  elif [ "$#" = 0 ]; then cat "/etc/$f"
  else for n; do grep "^$n:" "/etc/$f"; done; fi
}
${users === '' ? '' : askUsers(users, mark)}printf '%s group\\n' ${mark}
entries group${users === '' ? ` ${groups}` : ''}
${users === '' || groups === '' ? '' : `entries group ${groups}\n`}printf '%s end\\n' ${mark}`;
  },
  parse: parseAccounts,
  // Users need their shadow entries and all groups, and a pipe.
  processes: (keys) => (keys.some((key) => key.kind === 'user') ? 6 : 1),
  dependsOn: () => ['/etc/passwd', '/etc/group', '/etc/shadow'],
  brought: {
    answer: ({ kind, name }, brought, now) =>
      kind === 'user'
        ? broughtNamed<Account>('users', name, brought, now, userOf)
        : broughtNamed<Account>('groups', name, brought, now, groupOf),
  },
});

/**
 * Reads a user; absent where there is none.
 * @param name login name
 * @returns a read for a module's `reads`, of numbers, groups, home and shell
 * @example
 * export const reads = { ada: readers.userNamed('ada') };
 */
export const userNamed = (name: string): Read<UserAccount> =>
  readAccount({ kind: 'user', name }) as Read<UserAccount>;

/**
 * Reads a group; absent where there is none.
 * @param name name of the group
 * @returns a read for a module's `reads`, of number and members
 * @example
 * export const reads = { wheel: readers.groupNamed('wheel') };
 */
export const groupNamed = (name: string): Read<GroupAccount> =>
  readAccount({ kind: 'group', name }) as Read<GroupAccount>;

export const account = readAccount;

const namesOf = (keys: readonly AccountKey[], kind: AccountKey['kind']): string =>
  keys
    .filter((key) => key.kind === kind)
    .map((key) => quote(key.name))
    .join(' ');

/** Only a digest of the hash leaves the parser; the hash itself travels, as /etc/shadow has it. */
const askUsers = (names: string, mark: string) => `printf '%s passwd\\n' ${mark}
entries passwd ${names} | while IFS= read -r l; do
  r=\${l%:*}; h=\${r##*:}
  if [ -d "$h" ]; then printf 'home '; else printf 'none '; fi
  printf '%s\\n' "$l"
done
if [ -r /etc/shadow ]; then
  printf '%s shadow\\n' ${mark}
  entries shadow ${names}
fi
`;

/** An account that was learned elsewhere: its number here is the next free one. */
function userOf(of: Learned): UserAccount {
  const { text, texts, flag } = fieldsOf(of);
  return {
    name: text('name'),
    uid: -1,
    gid: -1,
    group: text('group'),
    groups: texts('groups'),
    comment: text('comment'),
    home: text('home'),
    homeExists: flag('homeExists'),
    shell: text('shell'),
    password: flag('locked')
      ? { readable: true, locked: true, digest: text('digest') }
      : { readable: false },
  };
}

const groupOf = (of: Learned): GroupAccount => {
  const { text, texts } = fieldsOf(of);
  return { name: text('name'), gid: -1, members: texts('members') };
};

function parseAccounts(
  output: ReaderOutput,
  keys: readonly AccountKey[],
  mark: string,
): readonly Answer<Account>[] {
  const parts = output.stdout.toString('utf8').split(`${mark} `);
  if (!parts.some((part) => part.startsWith('end'))) {
    throw new Error('the answer of the account reader is cut short');
  }
  const lines = (name: string): readonly string[] | undefined =>
    parts
      .find((part) => part.startsWith(`${name}\n`))
      ?.split('\n')
      .slice(1)
      .filter((line) => line !== '');
  const groups = (lines('group') ?? []).map(groupIn);
  const users = (lines('passwd') ?? []).map((line) => userIn(line, groups, lines('shadow')));
  return keys.map(({ kind, name }) => {
    const all: readonly Account[] = kind === 'user' ? users : groups;
    const found = all.find((one) => one.name === name);
    return found === undefined ? absent : value(found);
  });
}

function groupIn(line: string): GroupAccount {
  const [name = '', , gid = '', members = ''] = line.split(':');
  return { name, gid: Number(gid), members: members.split(',').filter((one) => one !== '') };
}

function userIn(
  line: string,
  groups: readonly GroupAccount[],
  shadow: readonly string[] | undefined,
): UserAccount {
  const fields = line.slice('home '.length).split(':');
  const [name = '', , uid = '', gid = '', comment = '', home = '', shell = ''] = fields;
  const primary = groups.find((one) => one.gid === Number(gid));
  const others = groups.filter((one) => one !== primary && one.members.includes(name));
  return {
    name,
    uid: Number(uid),
    gid: Number(gid),
    group: primary?.name ?? gid,
    groups: [...new Set(others.map((one) => one.name))].toSorted(),
    comment,
    home,
    homeExists: line.startsWith('home '),
    shell,
    password: passwordOf(name, shadow),
  };
}

function passwordOf(name: string, shadow: readonly string[] | undefined): Password {
  if (shadow === undefined) return { readable: false };
  const entry = shadow.find((line) => line.startsWith(`${name}:`));
  const hash = entry?.split(':')[1] ?? '';
  return { readable: true, locked: hash.startsWith('!'), digest: passwordDigest(hash) };
}

/** Digest of a password hash, whether it is locked or not. */
export const passwordDigest = (hash: string): string => sha256(hash.replace(/^!+/, ''));
