/** What the kernel calls the host. */
import { defineReader, denied, value, type Read } from '../../module/reader.ts';

const readHostname = defineReader<'kernel', string>({
  name: 'hostname',
  script: (keys) => `for k in ${keys.join(' ')}; do uname -n; done`,
  parse: ({ stdout, stderr }, keys) => {
    const lines = stdout.toString('utf8').split('\n');
    return keys.map((_, index) => {
      const line = lines[index] ?? '';
      return line === '' ? denied(stderr.trim() || 'uname says nothing') : value(line);
    });
  },
});

/** Reads the host name of the running kernel. */
export const hostname: (() => Read<string>) & {
  readonly definition: typeof readHostname.definition;
} = Object.assign(() => readHostname('kernel'), { definition: readHostname.definition });
