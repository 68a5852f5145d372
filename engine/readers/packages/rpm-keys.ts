/** Reader `rpmKeys`: which keys rpm takes packages from. */
import { defineReader, denied, value } from '../../module/reader.ts';

/** Ends of fingerprints in lower-case hex: eight digits, or all of them with newer versions. */
export const rpmKeys = defineReader<'all', readonly string[]>({
  name: 'rpmKeys',
  script: (keys, mark) => `printf '%s %s\\n' ${mark} ${keys.length}
if ! command -v rpm >/dev/null 2>&1; then printf '%s none\\n' ${mark}
else
o=$(rpm -q --qf '%{VERSION}\\n' gpg-pubkey 2>&1) || case $o in
*'is not installed'*) o= ;;
*) printf '%s\\n' "$o" >&2; printf '%s failed\\n' ${mark} ;;
esac
printf '%s\\n' "$o"
fi`,
  parse({ stdout, stderr }, keys, mark) {
    const [, ...lines] = stdout.toString('latin1').split('\n');
    if (lines[0] === `${mark} none`) return keys.map(() => denied('this host has no rpm'));
    if (lines[0] === `${mark} failed`) return keys.map(() => denied(stderr.trim()));
    return keys.map(() => value(lines.filter((line) => /^[0-9a-f]{8,}$/.test(line))));
  },
  dependsOn: () => ['/var/lib/rpm/', '/usr/lib/sysimage/rpm/', '/usr/bin/rpm'],
});
