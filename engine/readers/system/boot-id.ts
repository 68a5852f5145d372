/** The kernel's name for the time since the last boot; it tells a reboot from a pause. */
import { defineReader, denied, value } from '../../module/reader.ts';

export const bootId = defineReader<null, string>({
  name: 'bootId',
  script: (keys, mark) =>
    keys.map(() => `printf '%s %s\\n' ${mark} "$(cat /proc/sys/kernel/random/boot_id)"`).join('\n'),
  parse({ stdout, stderr }, keys, mark) {
    const lines = stdout.toString().trimEnd().split('\n');
    return keys.map((_, index) => {
      const [found, id] = lines[index]?.split(' ') ?? [];
      if (found !== mark) throw new Error('the boot id was not read');
      return id === undefined || id === '' ? denied(stderr.trim()) : value(id);
    });
  },
});
