/** Reader `locales`: which locales the C library of the host has. */
import { defineReader, denied, value } from '../../module/reader.ts';

/** Names as `localeName` spells them. */
export const locales = defineReader<'all', readonly string[]>({
  name: 'locales',
  script: (keys, mark) => `printf '%s %s\\n' ${mark} ${keys.length}
if command -v locale >/dev/null 2>&1; then locale -a; else printf '%s none\\n' ${mark}; fi`,
  parse({ stdout, code, stderr }, keys, mark) {
    const [, ...lines] = stdout.toString('latin1').split('\n');
    if (lines[0] === `${mark} none`) return keys.map(() => denied('this host has no locales'));
    if (code !== 0) return keys.map(() => denied(stderr.trim()));
    const names = lines.filter((line) => line !== '').map(localeName);
    return keys.map(() => value(names));
  },
  dependsOn: () => ['/usr/lib/locale/', '/usr/share/i18n/', '/usr/bin/locale'],
});

/** One spelling: `de_DE.UTF-8` and `de_DE.utf8` are the same. */
export const localeName = (name: string): string =>
  name.replace(
    /\.([^@]*)/,
    (_, codeset: string) => `.${codeset.toLowerCase().replaceAll('-', '')}`,
  );
