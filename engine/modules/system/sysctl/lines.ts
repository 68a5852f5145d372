/** Lines of a sysctl.d file: only those of the own parameter are ever touched. */
import { sysctlName } from '../../../readers/system/sysctl.ts';
import { inFile, insertLines, type FileLines, type Line } from '../../shared/file-lines.ts';

/** `  -net.ipv4.ip_forward = 1`: everything before the value, and the value. */
const setting = /^(\s*-?\s*([^\s=#;]+)\s*=\s*)(.*?)(\s*)$/;
/** `-net.ipv4.conf.lo.rp_filter` takes a parameter out of a wildcard. */
const exclusion = /^\s*-\s*([^\s=#;]+)\s*$/;

const nameIn = ({ text }: Line): string | undefined => {
  const key = setting.exec(text)?.[2] ?? exclusion.exec(text)?.[1];
  return key === undefined ? undefined : sysctlName(key);
};

/** The value of the last line of the parameter, which is the one that counts. */
export function valueInFile(file: FileLines, name: string): string | undefined {
  const line = file.lines.findLast((one) => nameIn(one) === name && setting.test(one.text));
  return line === undefined ? undefined : (setting.exec(line.text)?.[3] ?? '');
}

/** Sets the parameter's last line, or adds one; undefined where it is right. */
export function withValue(file: FileLines, name: string, value: string): Line[] | undefined {
  const at = file.lines.findLastIndex((one) => nameIn(one) === name && setting.test(one.text));
  if (at === -1) return insertLines(file, file.lines.length, [inFile(`${name} = ${value}`, file)]);
  const [, before = '', , old = '', blank = ''] = setting.exec(file.lines[at]?.text ?? '') ?? [];
  if (sameTokens(old, value)) return undefined;
  return file.lines.map((line, index) =>
    index === at ? { ...line, text: before + inFile(value, file) + blank } : line,
  );
}

/** Without every line of the parameter; undefined where there is none. */
export function withoutValue(file: FileLines, name: string): Line[] | undefined {
  const lines = file.lines.filter((line) => nameIn(line) !== name);
  return lines.length === file.lines.length ? undefined : lines;
}

/** The kernel shows tabs where people write spaces. */
export const sameTokens = (a: string, b: string): boolean =>
  a.trim().split(/\s+/).join(' ') === b.trim().split(/\s+/).join(' ');
