/** Sections and options of an INI file as lines: one option changes, every other line stays. */
import { StepError } from '../../../errors.ts';
import { insertLines, type FileLines, type Line } from '../../shared/file-lines.ts';

/** Null: the option stands alone, without a separator. */
export type IniValue = string | null;

export interface IniSetting {
  /** Undefined: above the first section. */
  readonly section: string | undefined;
  readonly option: string;
}

/** An option's lines: its own and the deeper ones that go on with its value. */
interface Option {
  readonly name: string;
  readonly value: IniValue;
  readonly from: number;
  /** Behind its last line. */
  readonly to: number;
}

interface Section {
  readonly name: string | undefined;
  /** Of its header; -1 above the first section. */
  readonly at: number;
  readonly end: number;
  readonly options: readonly Option[];
}

const comment = /^\s*[#;]/;
const indentOf = (text: string): number => /^[ \t]*/.exec(text)?.[0].length ?? 0;

function sectionsOf(lines: readonly Line[]): readonly Section[] {
  const heads = lines.flatMap(({ text }, index) => {
    const name = /^\s*\[([^\]]*)\]\s*([#;].*)?$/.exec(text)?.[1];
    return name === undefined ? [] : [{ name: name.trim(), at: index }];
  });
  const all = [{ name: undefined, at: -1 }, ...heads];
  return all.map(({ name, at }, index) => {
    const end = all[index + 1]?.at ?? lines.length;
    return { name, at, end, options: optionsIn(lines, at + 1, end) };
  });
}

function optionsIn(lines: readonly Line[], from: number, end: number): readonly Option[] {
  const found: Option[] = [];
  for (let at = from; at < end;) {
    const text = lines[at]?.text ?? '';
    const [, name, value] = /^\s*([^\s=:#;[][^=:]*?)\s*(?:[=:]\s*(.*?)\s*)?$/.exec(text) ?? [];
    let to = at + 1;
    if (name !== undefined) {
      const below: string[] = [];
      const indent = indentOf(text);
      for (; to < end && goesOn(lines[to]?.text ?? '', indent, value ?? ''); to += 1) {
        below.push((lines[to]?.text ?? '').trim());
      }
      const values = value === undefined || value === '' ? below : [value, ...below];
      const isBare = value === undefined && below.length === 0;
      found.push({ name, value: isBare ? null : values.join('\n'), from: at, to });
    }
    at = to;
  }
  return found;
}

/**
 * A deeper line belongs to the value above; one that looks like an option does so only where that
 * value has nothing on its own line, or an option that somebody indented would be lost.
 */
const goesOn = (text: string, indent: number, value: string): boolean =>
  text.trim() !== '' &&
  !comment.test(text) &&
  indentOf(text) > indent &&
  (value === '' || !/^\s*[\w.-]+\s*(=|:(\s|$))/.test(text));

const ofSetting = (file: FileLines, { section, option }: IniSetting): readonly Option[] =>
  sectionsOf(file.lines)
    .filter(({ name }) => name === section)
    .flatMap(({ options }) => options.filter(({ name }) => name === option));

/** The option's values in the order of the file. */
export const iniValues = (file: FileLines, setting: IniSetting): readonly IniValue[] =>
  ofSetting(file, setting).map(({ value }) => value);

/** An option alone says as much as one with an empty value, but not the other way round. */
export const sameIniValue = (is: IniValue | undefined, wanted: IniValue): boolean =>
  is === wanted || (is === null && wanted === '');

/**
 * Sections of one name may be one in parts (systemd), or each one of its own (peers of WireGuard,
 * addresses of networkd): only where the option stands in just one of them it is clear which.
 * @param option that is set or taken away; undefined: the whole section is
 * @throws StepError naming the lines
 */
export function refuseRepeated(
  file: FileLines,
  section: string | undefined,
  option: string | undefined,
  path: string,
): void {
  const all = sectionsOf(file.lines).filter(({ name }) => name === section);
  if (all.length < 2) return;
  const holding = all.filter(({ options }) => options.some(({ name }) => name === option));
  if (option !== undefined && holding.length === 1) return;
  const lines = all.map(({ at }) => at + 1).join(', ');
  const what = option === undefined ? '' : ` for ${option}`;
  throw new StepError(
    `${path}: [${section}] stands on lines ${lines}: which one is meant${what}?`,
    {
      hint: 'make them one, edit the lines with lineInFile or blockInFile, or copy the whole file',
    },
  );
}

export const hasSection = (file: FileLines, section: string): boolean =>
  sectionsOf(file.lines).some(({ name }) => name === section);

/** Names of a section's options. */
export const iniOptions = (file: FileLines, section: string): readonly string[] => [
  ...new Set(
    sectionsOf(file.lines)
      .filter(({ name }) => name === section)
      .flatMap(({ options }) => options.map(({ name }) => name)),
  ),
];

/**
 * The lines with exactly these values of the option, each on a line of its own.
 * @param separator between name and value; undefined: as the file has it
 */
export function withIniValues(
  file: FileLines,
  setting: IniSetting,
  values: readonly IniValue[],
  separator: string | undefined,
): readonly Line[] {
  const options = ofSetting(file, setting);
  const between = separator ?? separatorIn(file);
  const line = (value: IniValue, indent: string): readonly string[] =>
    value === null
      ? [`${indent}${setting.option}`]
      : valueLines(`${indent}${setting.option}${between}`, value, indent);
  const kept = options.slice(0, values.length);
  let lines: readonly Line[] = file.lines;
  // From the end, so that indexes in front stay right.
  const last = kept.at(-1);
  const more = values.slice(kept.length);
  for (const { from, to } of options.slice(kept.length).toReversed()) {
    lines = [...lines.slice(0, from), ...lines.slice(to)];
  }
  if (more.length > 0 && last) {
    const indent = /^[ \t]*/.exec(file.lines[last.from]?.text ?? '')?.[0] ?? '';
    const texts = more.flatMap((value) => line(value, indent));
    lines = insertLines({ ...file, lines }, last.to, texts);
  }
  for (const [index, option] of [...kept.entries()].toReversed()) {
    const value = values[index] ?? null;
    if (sameIniValue(option.value, value)) continue;
    lines = rewritten({ ...file, lines }, option, value, separator);
  }
  if (kept.length > 0 || values.length === 0) return lines;
  return added(
    { ...file, lines },
    setting,
    values.flatMap((value) => line(value, '')),
  );
}

/** A value of several lines stands below its name, further to the right. */
function valueLines(lead: string, value: string, indent: string): readonly string[] {
  if (!value.includes('\n')) return [`${lead}${value}`.trimEnd()];
  return [lead.trimEnd(), ...value.split('\n').map((text) => `${indent}    ${text.trim()}`)];
}

/** The option's own line keeps its name, blanks and separator. */
function rewritten(
  file: FileLines,
  option: Option,
  value: IniValue,
  separator: string | undefined,
): readonly Line[] {
  const old = file.lines[option.from];
  const [, indent = '', name = '', between] =
    /^([ \t]*)(.*?)(\s*[=:][ \t]*)/.exec(old?.text ?? '') ?? [];
  const lead = between === undefined ? (old?.text ?? '').trimEnd() : `${indent}${name}`;
  const sign = separator ?? between ?? separatorIn(file);
  const blank = !option.value && /^\s+[=:]$/.test(sign) ? ' ' : '';
  const texts = value === null ? [lead] : valueLines(`${lead}${sign}${blank}`, value, indent);
  const rest = { ...file, lines: file.lines.slice(option.to) };
  const above = { ...file, lines: file.lines.slice(0, option.from) };
  const lines = insertLines(above, option.from, texts);
  const end = rest.lines.length === 0 ? (file.lines[option.to - 1]?.end ?? '') : undefined;
  const fixed =
    end === undefined ? lines : lines.with(lines.length - 1, { text: texts.at(-1) ?? '', end });
  return [...fixed, ...rest.lines];
}

/** New lines stand behind the last line of the section that says something. */
function added(
  file: FileLines,
  { section }: IniSetting,
  texts: readonly string[],
): readonly Line[] {
  const found = sectionsOf(file.lines).filter(({ name }) => name === section);
  const home = found.findLast(({ options }) => options.length > 0) ?? found.at(-1);
  if (home === undefined) {
    const blank = file.lines.length > 0 && file.lines.at(-1)?.text.trim() !== '' ? [''] : [];
    return insertLines(file, file.lines.length, [...blank, `[${section}]`, ...texts]);
  }
  const last = home.options.at(-1);
  const indent = /^[ \t]*/.exec(file.lines[last?.from ?? -1]?.text ?? '')?.[0] ?? '';
  const at = last?.to ?? endOfText(file, home);
  const lines = texts.map((text) => `${indent}${text}`);
  const below = file.lines[at];
  const parts = home.at === -1 && below?.text.trim().startsWith('[') ? [...lines, ''] : lines;
  return insertLines(file, at, parts);
}

function endOfText(file: FileLines, { at, end }: Section): number {
  let last = end;
  while (last > at + 1 && file.lines[last - 1]?.text.trim() === '') last -= 1;
  return last;
}

/** The lines without the section; comments above its header stay. */
export function withoutSection(file: FileLines, section: string): readonly Line[] {
  const gone = sectionsOf(file.lines).filter(({ name }) => name === section);
  return file.lines.filter((_, index) => !gone.some(({ at, end }) => index >= at && index < end));
}

/** As the first option of the file has it. */
function separatorIn(file: FileLines): string {
  for (const { options } of sectionsOf(file.lines)) {
    for (const { from } of options) {
      const found = /^[^=:]*?(\s*[=:])([ \t]*)(.*)$/.exec(file.lines[from]?.text ?? '');
      if (!found) continue;
      const [, sign = '=', blank = '', value] = found;
      return value === '' && blank === '' && /\s/.test(sign) ? `${sign} ` : sign + blank;
    }
  }
  return ' = ';
}
