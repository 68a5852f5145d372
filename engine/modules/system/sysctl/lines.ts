/** Lines of a sysctl.d file: only those of the own parameter are ever touched. */
import { sysctlName } from '../../../readers/system/sysctl.ts';
import { inFile, type FileLines, type Line } from '../../shared/file-lines.ts';
import {
  ifChanged,
  lastWith,
  withEntry,
  withoutKeys,
  type LineFormat,
} from '../../shared/keyed-lines/index.ts';

interface Setting {
  readonly name: string;
  /** Undefined: `-net.ipv4.conf.lo.rp_filter` takes a parameter out of a wildcard. */
  readonly value: string | undefined;
}

/** `  -net.ipv4.ip_forward = 1`: everything before the value, the value, and blanks. */
const setting = /^(\s*-?\s*([^\s=#;]+)\s*=\s*)(.*?)(\s*)$/;
const exclusion = /^\s*-\s*([^\s=#;]+)\s*$/;

export const sysctlLines: LineFormat<Setting> = {
  read: (text) => {
    const [, , name, value] = setting.exec(text) ?? [];
    if (name !== undefined) return { name: sysctlName(name), value };
    const excluded = exclusion.exec(text)?.[1];
    return excluded === undefined ? undefined : { name: sysctlName(excluded), value: undefined };
  },
  keyOf: ({ name, value }) => (value === undefined ? `-${name}` : name),
  write: ({ name, value = '' }, old = '') => {
    const [, before = `${name} = `, , , blank = ''] = setting.exec(old) ?? [];
    return before + value + blank;
  },
  isSame: (is, wanted) => sameTokens(is.value ?? '', wanted.value ?? ''),
};

/** The value of the last line of the parameter, which is the one that counts. */
export const valueInFile = (file: FileLines, name: string): string | undefined =>
  lastWith(sysctlLines, file, name)?.value;

/** Sets the parameter's last line, or adds one; undefined where it is right. */
export const withValue = (
  file: FileLines,
  name: string,
  value: string,
): readonly Line[] | undefined =>
  ifChanged(file, withEntry(sysctlLines, file, { name, value: inFile(value, file) }));

/** Without every line of the parameter; undefined where there is none. */
export const withoutValue = (file: FileLines, name: string): readonly Line[] | undefined =>
  ifChanged(file, withoutKeys(sysctlLines, file, name, `-${name}`));

/** The kernel shows tabs where people write spaces. */
export const sameTokens = (a: string, b: string): boolean =>
  a.trim().split(/\s+/).join(' ') === b.trim().split(/\s+/).join(' ');
