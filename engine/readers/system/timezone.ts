/** The time zone of the host, and whether a zone is installed. */
import { absent, defineReader, value } from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export interface Timezone {
  /** What /etc/localtime links to; empty where it is no link into the zones. */
  readonly zone: string;
  /** What /etc/timezone says, which Debian keeps besides; undefined where there is no such file. */
  readonly file: string | undefined;
}

/** Reads the host's zone, by the name of the wanted one: absent where that is not installed. */
export const timezone = defineReader<string, Timezone>({
  name: 'timezone',
  script: (zones, mark) => `printf '%s zone ' ${mark}
readlink /etc/localtime || printf '\\n'
if [ -r /etc/timezone ]; then printf '%s file ' ${mark}; cat /etc/timezone; printf '\\n'; fi
for z in ${zones.map(quote).join(' ')}; do
  if [ -f "/usr/share/zoneinfo/$z" ]; then printf '%s has %s\\n' ${mark} "$z"; fi
done`,
  parse: ({ stdout }, zones, mark) => {
    const lines = stdout.toString('utf8').split('\n');
    const said = (word: string) =>
      lines.find((line) => line.startsWith(`${mark} ${word} `))?.slice(`${mark} ${word} `.length);
    const zone = /\/zoneinfo\/(.+)$/.exec(said('zone') ?? '')?.[1] ?? '';
    return zones.map((name) =>
      lines.includes(`${mark} has ${name}`) ? value({ zone, file: said('file')?.trim() }) : absent,
    );
  },
  dependsOn: (zone) => ['/etc/localtime', '/etc/timezone', `/usr/share/zoneinfo/${zone}`],
});
