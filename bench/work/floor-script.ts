/**
 * The floor: one POSIX script that reads what the engines must read to know that nothing is to be
 * done, with as few processes as a person would write who knew everything beforehand. Its output
 * is the state that engines are compared by.
 */
import { quote } from '../../engine/shell/quote.ts';
import { sysctlFile, workOf, type Work } from './work.ts';

type Of<K extends Work['kind']> = Extract<Work, { readonly kind: K }>;

/** A script that prints the state of all the work. */
export function floorScript(folder: string, count: number): string {
  const work = workOf(folder, count).map((named) => named.work);
  const of = <K extends Work['kind']>(kind: K): Of<K>[] =>
    work.filter((each): each is Of<K> => each.kind === kind);
  const contents = [...of('copy'), ...of('template'), ...of('line')].map((each) => each.path);
  const links = of('link').map((each) => each.path);
  const folders = of('directory').map((each) => each.path);
  const made = of('command').map((each) => each.creates);
  return [
    'export LC_ALL=C',
    any('stat -c "%n %F %a %U %G" --', [...folders, ...new Set(contents), ...made]),
    any('sha256sum --', [...new Set([...contents, ...made])]),
    any('readlink --', links),
    ...of('line').map((each) => `grep -c -x ${quote(each.line)} ${quote(each.path)}`),
    any(
      'cat',
      of('sysctl').map((each) => `/proc/sys/${each.key.replaceAll('.', '/')}`),
    ),
    of('sysctl').length > 0 ? `tr -d ' ' <${sysctlFile} | grep -v '^#' | sort` : '',
    any(
      'getent group',
      of('group').map((each) => each.group),
    ),
    any(
      'getent passwd',
      of('user').map((each) => each.user),
    ),
    of('cron').length > 0 ? "crontab -l | grep -v '^#' | sort" : '',
    any("dpkg-query -W -f '${Package} ${Status}\\n'", [
      ...new Set(of('package').map((each) => each.package)),
    ]),
    any(
      'systemctl show -p Id,ActiveState,UnitFileState --',
      of('service').map((each) => each.unit),
    ),
    ...of('query').map((each) => each.argv.map(quote).join(' ')),
    '',
  ].join('\n');
}

const any = (program: string, words: readonly string[]): string =>
  words.length === 0 ? '' : `${program} ${words.map(quote).join(' ')}`;

/** Undoes all the work, so that the next first run finds a bare host. */
export function resetScript(folder: string, count: number): string {
  const work = workOf(folder, count).map((named) => named.work);
  const lines = work.flatMap((each): string[] => {
    if (each.kind === 'user') return [`userdel ${quote(each.user)}`];
    if (each.kind === 'sysctl')
      return [`printf '0\\n' >/proc/sys/${each.key.replaceAll('.', '/')}`];
    if (each.kind !== 'service') return [];
    const file = `/etc/systemd/system/${each.unit}`;
    return [`systemctl disable --now ${quote(each.unit)}`, `rm -f ${quote(file)}`];
  });
  const groups = work.flatMap((each) =>
    each.kind === 'group' ? [`groupdel ${quote(each.group)}`] : [],
  );
  return [
    'exec >/dev/null 2>&1',
    ...lines,
    ...groups,
    'systemctl daemon-reload',
    'crontab -r',
    `rm -rf -- ${quote(folder)} ${sysctlFile}`,
    ':',
    '',
  ].join('\n');
}

/** Changes one file of the work by hand. */
export function spoilScript(folder: string): string {
  return `printf 'by hand\\n' >>${quote(`${folder}/r0/copy3`)}\n`;
}
