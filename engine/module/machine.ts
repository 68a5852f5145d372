/** Reader `machine`: which running system answers, whatever name the inventory has for it. */
import { absent, defineReader, value } from './reader.ts';

/** machine-id and boot-id in one word; *absent* where the host lacks one of them. */
export const machine = defineReader<'host', string>({
  name: 'machine',
  script: () => `one() { if [ -r "$1" ]; then IFS= read -r l <"$1" || :; fi; }
l=
one /etc/machine-id
m=$l l=
one /proc/sys/kernel/random/boot_id
printf '%s %s\\n' "$m" "$l"`,
  processes: () => 0,
  parse: ({ stdout }, keys) => {
    const [id = '', boot = ''] = stdout.toString('utf8').trim().split(' ');
    const known = id !== '' && boot !== '';
    return keys.map(() => (known ? value(`${id} ${boot}`) : absent));
  },
});
