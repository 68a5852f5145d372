/** Crontabs of users, as `crontab -l` gives them. */
import { defineReader, denied, absent, value, type Answer } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export interface CrontabKey {
  readonly user: string;
}

/** The bytes of the table. A user without one, or who is not there yet, is *absent*. */
export const crontab = defineReader<CrontabKey, Buffer>({
  name: 'crontab',
  // `-u` needs root, also for oneself; without cron there is no table.
  script: (keys, mark) =>
    [
      'me=$(id -un)',
      ...keys.map(
        ({ user }) => `code=0
if ! command -v crontab >/dev/null 2>&1; then code=none said=
elif ! id -u -- ${quote(user)} >/dev/null 2>&1; then code=none said=
else
exec 3>&1
${crontabOf(user, '-l')} || code=$?
exec 3>&-
fi
printf '\\n%s %s\\n%s\\n%s.\\n' ${mark} "$code" "$said" ${mark}`,
      ),
    ].join('\n'),
  processes: (keys) => 2 + 3 * keys.length,
  parse({ stdout }, keys, mark) {
    let rest = stdout;
    return keys.map((_, index): Answer<Buffer> => {
      const at = rest.indexOf(`\n${mark} `);
      const end = rest.indexOf(`\n${mark}.\n`);
      if (at < 0 || end < 0) throw new Error(`answer ${index} is missing`);
      const bytes = rest.subarray(0, at);
      const [code, ...said] = rest
        .subarray(at + mark.length + 2, end)
        .toString()
        .split('\n');
      rest = rest.subarray(end + mark.length + 3);
      const message = said.join('\n').trim();
      if (code === '0') return value(bytes);
      if (code === 'none' || isNone(message)) return absent;
      return denied(message === '' ? `crontab ended with code ${code}` : message);
    });
  },
  dependsOn: ({ user }) => [
    `/var/spool/cron/crontabs/${user}`,
    `/var/spool/cron/${user}`,
    `/var/spool/cron/tabs/${user}`,
    '/etc/passwd',
  ],
});

function crontabOf(user: string, flag: string): string {
  return `if [ "$me" = ${quote(user)} ]; then said=$(crontab ${flag} 2>&1 >&3 3>&-)
else said=$(crontab -u ${quote(user)} ${flag} 2>&1 >&3 3>&-); fi`;
}

/** Debian's and RHEL's cron, and busybox's, of a user without a table. */
const isNone = (message: string): boolean =>
  /^no crontab for |can't open '.*': No such file/m.test(message);
