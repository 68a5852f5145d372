/** Whether what is mounted is what is wanted, and the commands that make it so. */
import { rawScript, sh, type Script } from '../../../shell/script.ts';
import type { Mount } from '../../../readers/files/mount.ts';
import type { Difference } from '../../../module/plan.ts';
import { attempt } from '../../shared/attempt.ts';
import { joinScripts } from '../../../shell/script.ts';

export interface WantedMount {
  readonly path: string;
  readonly source: string;
  readonly fstype: string;
  readonly options: readonly string[];
}

export interface LiveChange {
  readonly differences: readonly Difference[];
  readonly script: Script;
}

export const isBind = ({ options }: WantedMount): boolean =>
  options.some((option) => option === 'bind' || option === 'rbind');

/** Undefined where it is mounted as wanted. */
export function liveChange(want: WantedMount, is: Mount | undefined): LiveChange | undefined {
  const what = `mount at ${want.path}`;
  if (is === undefined) {
    return { differences: [{ what, from: 'absent', to: shown(want) }], script: mounting(want) };
  }
  if (!isSameThing(want, is)) {
    const from = `${is.source} (${is.fstype})`;
    return {
      differences: [{ what, from, to: shown(want) }],
      script: joinScripts([unmounting(want.path), mounting(want)]),
    };
  }
  const wrong = wrongOptions(want, is);
  if (wrong.length === 0) return undefined;
  const options = `remount,${want.options.join(',')}`;
  return {
    differences: wrong.map(([from, to]) => ({ what: `options of ${want.path}`, from, to })),
    script: attempt('remount', want.path, sh`mount -o ${options} -- ${want.path}`),
  };
}

const shown = ({ source, fstype }: WantedMount): string => `${source} (${fstype})`;

function isSameThing(want: WantedMount, is: Mount): boolean {
  if (isBind(want)) return is.isBound;
  const types = [want.fstype, `${want.fstype}4`, `fuse.${want.fstype}`];
  if (want.fstype !== 'auto' && !types.includes(is.fstype)) return false;
  if (is.wanted !== undefined) return is.source === is.wanted || is.source === want.source;
  // tmpfs and the like take any name; a server's export has a colon or two slashes.
  const isExport = /^[^/]+:|^\/\//.test(want.source);
  return !isExport || trimmed(is.source) === trimmed(want.source);
}

const trimmed = (source: string): string => source.replace(/(?<=.)\/$/, '');

/** Options that the kernel shows as they were asked for. */
const flags = ['nosuid', 'nodev', 'noexec', 'noatime'];

function wrongOptions(want: WantedMount, is: Mount): readonly (readonly [string, string])[] {
  const wrong: (readonly [string, string])[] = [];
  const readOnly = want.options.includes('ro');
  if (readOnly !== is.options.includes('ro')) wrong.push(readOnly ? ['rw', 'ro'] : ['ro', 'rw']);
  for (const flag of flags) {
    if (want.options.includes(flag) && !is.options.includes(flag)) wrong.push(['without', flag]);
  }
  const size = want.options.map(sizeOf).find((each) => each !== undefined);
  const now = is.options.map(sizeOf).find((each) => each !== undefined);
  if (size !== undefined && size !== now) wrong.push([`size ${now ?? '?'}`, `size ${size}`]);
  return wrong;
}

/** Bytes of `size=64m`; a share of the memory is left to the kernel. */
function sizeOf(option: string): number | undefined {
  const [, digits, unit = ''] = /^size=(\d+)([kKmMgG]?)$/.exec(option) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

function mounting({ path, source, fstype, options }: WantedMount): Script {
  const type = ['none', 'auto'].includes(fstype) ? [] : ['-t', fstype];
  const words = options.length === 0 ? [] : ['-o', options.join(',')];
  return attempt('mount', path, sh`mount ${type} ${words} -- ${source} ${path}`);
}

/** Of two mounts at one path both go. */
export const unmounting = (path: string): Script =>
  joinScripts([
    attempt('unmount', path, sh`umount -- ${path}`),
    sh`while grep -q -F ${` ${kernelPath(path)} `} /proc/self/mountinfo && umount -- ${path} 2>/dev/null; do :; done`,
  ]);

const kernelPath = (path: string): string =>
  path.replaceAll(/[\s\\]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`);

/** systemd makes its units of fstab when it reads its files. */
export const rereadFstab = rawScript(
  'if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi',
);
