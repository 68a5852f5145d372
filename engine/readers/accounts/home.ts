/** Home folders and ids of users, by the host's own name service. */
import { absent, defineReader, value, type Answer } from '../../module/reader.ts';
import { broughtNamed } from '../packages/brought-answers.ts';
import { quote } from '../../shell/quote.ts';

export interface Home {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Home folder and numbers of a user. A user that nobody knows is *absent*.
 * @param key login name
 * @returns a read of `{ path, uid, gid }`
 * @example
 * export const reads = { home: readers.home({ user: 'ada' }) };
 */
export const home = defineReader<{ readonly user: string }, Home>({
  name: 'home',
  // getent also knows users that are not in /etc/passwd; busybox hosts have no getent
  script: (keys, mark) =>
    keys
      .map(
        ({ user }) => `if command -v getent >/dev/null 2>&1; then getent passwd -- ${quote(user)}
else grep -- ${quote(`^${user}:`)} /etc/passwd; fi
printf '%s\\n' ${mark}`,
      )
      .join('\n'),
  parse({ stdout }, keys, mark) {
    const answers = stdout.toString().split(`${mark}\n`);
    return keys.map(({ user }, index): Answer<Home> => {
      const given = answers[index];
      if (given === undefined || answers.length <= keys.length) {
        throw new Error(`answer ${index} is missing`);
      }
      const [name, , uid, gid, , path] = given.split('\n')[0]?.split(':') ?? [];
      if (name !== user || path === undefined) return absent;
      return value({ path: path === '' ? '/' : path, uid: Number(uid), gid: Number(gid) });
    });
  },
  dependsOn: () => ['/etc/passwd'],
  brought: {
    answer: ({ user }, brought, now) =>
      broughtNamed('users', user, brought, now, ({ home: path }) =>
        typeof path === 'string' ? { path, uid: -1, gid: -1 } : undefined,
      ),
  },
});
