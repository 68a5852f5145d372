/** Lines of modules-load.d and modprobe.d: one module's, and of its options only those wanted. */
import { moduleName } from '../../../readers/system/kernel-module.ts';
import type { FileLines, Line } from '../../shared/file-lines.ts';
import {
  ifChanged,
  linesWith,
  withEach,
  withEntry,
  withoutKeys,
  type LineFormat,
} from '../../shared/keyed-lines/index.ts';

export type Parameters = Readonly<Record<string, string>>;

/** `a=1` and flags without a value, of an options line. */
export function optionsIn(text: string): ReadonlyMap<string, string> {
  const words = text.trim().split(/\s+/).slice(2);
  return new Map(words.map((word) => (word.includes('=') ? splitAt(word, '=') : [word, ''])));
}

const firstWord = (text: string): string => text.trim().split(/\s+/)[0] ?? '';

const splitAt = (text: string, sign: string): [string, string] => [
  text.slice(0, text.indexOf(sign)),
  text.slice(text.indexOf(sign) + 1),
];

/** Lines of modules-load.d: a name each. */
const loadLines: LineFormat<string> = {
  read: (text) => (/^\s*([#;]|$)/.test(text) ? undefined : moduleName(firstWord(text))),
  keyOf: (name) => name,
  write: (name) => name,
  isSame: () => true,
};

/** Lines of modprobe.d that give options to a module. */
const optionLines: LineFormat<ModuleOptions> = {
  read: (text) => {
    const [word, module] = text.trim().split(/\s+/);
    if (word !== 'options' || module === undefined) return undefined;
    return { module: moduleName(module), options: optionsIn(text) };
  },
  keyOf: ({ module }) => module,
  write: ({ module, options }, old = `options ${module}`) => optionsPut(old, options),
  isSame: () => false,
};

interface ModuleOptions {
  readonly module: string;
  readonly options: ReadonlyMap<string, string>;
}

/** Sets options in their place; what the line lacks comes behind them, before its comment. */
function optionsPut(text: string, options: ReadonlyMap<string, string>): string {
  const has = optionsIn(text);
  let words = 0;
  const set = text.replace(/#.*|\S+/g, (word) => {
    words += 1;
    const name = word.replace(/=.*/, '');
    const value = options.get(name);
    const stays = words <= 2 || word.startsWith('#') || value === has.get(name);
    return stays || value === undefined ? word : `${name}=${value}`;
  });
  const added = [...options].filter(([name]) => !has.has(name)).map((pair) => ` ${pair.join('=')}`);
  if (added.length === 0) return set;
  return set.replace(/\s*(\s#.*)?$/, (_, comment = '') => added.join('') + comment);
}

/** Whether a line of modules-load.d loads the module. */
export const loads = (text: string, name: string): boolean => loadLines.read(text) === name;

/** Whether a line of modprobe.d gives it options. */
export const givesOptions = (text: string, name: string): boolean =>
  optionLines.read(text)?.module === name;

/** Adds the module's line; undefined where it is there. */
export const withModule = (file: FileLines, name: string): readonly Line[] | undefined =>
  ifChanged(file, withEntry(loadLines, file, name));

/** Without the module's lines; undefined where there are none. */
export const withoutModule = (file: FileLines, name: string): readonly Line[] | undefined =>
  ifChanged(file, withoutKeys(loadLines, file, name));

/** Without the options of the module; undefined where there are none. */
export const withoutOptions = (file: FileLines, name: string): readonly Line[] | undefined =>
  ifChanged(file, withoutKeys(optionLines, file, name));

/**
 * Sets parameters where the file gives them to the module, in their place on the line; those that
 * it does not give join its first options line, or a new one. Others stay as they are.
 */
export function withOptions(
  file: FileLines,
  name: string,
  wanted: Parameters,
): readonly Line[] | undefined {
  const found = linesWith(optionLines, file, name).map(({ entry }) => entry.options);
  const missing = Object.entries(wanted).filter(
    ([parameter]) => !found.some((options) => options.has(parameter)),
  );
  if (found.length === 0) {
    return withEntry(optionLines, file, { module: name, options: new Map(missing) });
  }
  let isFirst = true;
  const lines = withEach(optionLines, file, (entry) => {
    if (entry.module !== name) return entry;
    const given = [...entry.options].map(([parameter, value]): [string, string] => [
      parameter,
      Object.hasOwn(wanted, parameter) ? (wanted[parameter] ?? value) : value,
    ]);
    const options = new Map([...given, ...(isFirst ? missing : [])]);
    isFirst = false;
    const isSame =
      options.size === entry.options.size &&
      given.every(([parameter, value]) => entry.options.get(parameter) === value);
    return isSame ? entry : { module: name, options };
  });
  return ifChanged(file, lines);
}
