/** Lines of modules-load.d and modprobe.d: one module's, and of its options only those wanted. */
import { moduleName } from '../../../readers/system/kernel-module.ts';
import { insertLines, type FileLines, type Line } from '../../shared/file-lines.ts';

/** Whether a line of modules-load.d loads the module. */
export const loads = (text: string, name: string): boolean =>
  moduleName(text.trim().split(/\s+/)[0] ?? '') === name && !/^\s*[#;]/.test(text);

/** Whether a line of modprobe.d gives it options. */
export const givesOptions = (text: string, name: string): boolean => {
  const [word, module] = text.trim().split(/\s+/);
  return word === 'options' && moduleName(module ?? '') === name;
};

export type Parameters = Readonly<Record<string, string>>;

/** `a=1` and flags without a value, of an options line. */
export function optionsIn(text: string): ReadonlyMap<string, string> {
  const words = text.trim().split(/\s+/).slice(2);
  return new Map(words.map((word) => (word.includes('=') ? splitAt(word, '=') : [word, ''])));
}

const splitAt = (text: string, sign: string): [string, string] => [
  text.slice(0, text.indexOf(sign)),
  text.slice(text.indexOf(sign) + 1),
];

/** Adds the module's line; undefined where it is there. */
export function withModule(file: FileLines, name: string): Line[] | undefined {
  if (file.lines.some(({ text }) => loads(text, name))) return undefined;
  return insertLines(file, file.lines.length, [name]);
}

/** Without the module's lines; undefined where there are none. */
export function withoutModule(file: FileLines, name: string): Line[] | undefined {
  return without(file, (text) => loads(text, name));
}

/** Without the options of the module; undefined where there are none. */
export function withoutOptions(file: FileLines, name: string): Line[] | undefined {
  return without(file, (text) => givesOptions(text, name));
}

function without(file: FileLines, is: (text: string) => boolean): Line[] | undefined {
  const lines = file.lines.filter(({ text }) => !is(text));
  return lines.length === file.lines.length ? undefined : lines;
}

/**
 * Sets parameters where the file gives them to the module, in their place on the line; those that
 * it does not give join its first options line, or a new one. Others stay as they are.
 */
export function withOptions(file: FileLines, name: string, wanted: Parameters): Line[] | undefined {
  const given = new Set(
    file.lines.flatMap(({ text }) => (givesOptions(text, name) ? [...optionsIn(text).keys()] : [])),
  );
  const missing = Object.entries(wanted).filter(([parameter]) => !given.has(parameter));
  const added = missing.map(([parameter, value]) => ` ${parameter}=${value}`).join('');
  const first = file.lines.findIndex(({ text }) => givesOptions(text, name));
  const lines = file.lines.map((line, index) => {
    if (!givesOptions(line.text, name)) return line;
    const set = line.text.replace(/(\S+?)=(\S*)/g, (all, parameter: string) =>
      Object.hasOwn(wanted, parameter) ? `${parameter}=${wanted[parameter]}` : all,
    );
    if (index !== first) return { ...line, text: set };
    return { ...line, text: set.replace(/\s*(\s#.*)?$/, (_, comment = '') => added + comment) };
  });
  if (first === -1) return insertLines(file, lines.length, [`options ${name}${added}`]);
  return lines.every((line, index) => line.text === file.lines[index]?.text) ? undefined : lines;
}
