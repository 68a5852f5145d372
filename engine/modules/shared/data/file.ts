/** What `json`, `yaml` and `toml` share: one value at one path of a file, the rest untouched. */
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { StepError } from '../../../errors.ts';
import type { PlanContext } from '../../../module/module.ts';
import type { Plan } from '../../../module/plan.ts';
import {
  dataPath,
  dataValue,
  holdsSecret,
  pathOf,
  pathText,
  plainData,
  type DataPath,
  type PlainData,
} from './argument.ts';
import { editReads, planEdit, type EditNow } from '../edit-file.ts';
import { editText, editTextArgs, type TextEdit } from '../edit-text.ts';
import type { FileResult } from '../file-result.ts';

export const dataFileArgs = {
  ...editTextArgs,
  key: dataPath.describe("where: 'a.b.0', or a list of keys and indexes: ['a', 'k.with.dots', 0]"),
  value: dataValue.optional().describe('the whole new value'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
};

const schema = z.strictObject(dataFileArgs);
export type DataFileWant = z.output<typeof schema>;

/** The text after an edit, and what people must know of it. */
export interface EditedData {
  readonly text: string;
  readonly notes?: readonly string[];
}

/** How one format finds and changes a value. All throw `FormatError` for what they cannot edit. */
export interface DataFormat {
  /** For people: `JSON`. */
  readonly name: string;
  /** The value at the path; undefined where there is none. */
  get(text: string, path: DataPath): unknown;
  set(text: string, path: DataPath, value: PlainData): EditedData;
  remove(text: string, path: DataPath): EditedData;
}

/** A text that is not of the format, or a place where a value cannot be set. */
export class FormatError extends Error {
  readonly offset: number | undefined;
  readonly hint: string | undefined;
  constructor(message: string, details: { offset?: number; hint?: string } = {}) {
    super(message);
    this.offset = details.offset;
    this.hint = details.hint;
  }
}

export function dataFileMistakes(want: DataFileWant): string[] {
  if (want.state === 'present' && want.value === undefined) return ['state present needs value'];
  if (want.state === 'absent' && want.value !== undefined) return ['state absent takes no value'];
  return [];
}

export const dataFileReads = editReads;

export function planDataFile(
  want: DataFileWant,
  is: EditNow,
  on: PlanContext,
  format: DataFormat,
): Plan<FileResult> {
  return planEdit(
    want,
    is,
    on,
    editText((text, file) => {
      if (file.encoding !== 'utf8') throw new StepError(`${want.path} is not UTF-8`);
      try {
        return edit(want, text, format);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        throw new StepError(`${want.path}${placeIn(text, error.offset)}: ${error.message}`, {
          hint: error.hint,
        });
      }
    }),
  );
}

function edit(want: DataFileWant, text: string, format: DataFormat): TextEdit {
  const path = pathOf(want.key);
  const now = format.get(text, path);
  const secret = want.value !== undefined && holdsSecret(want.value);
  if (want.state === 'absent') {
    if (now === undefined) return { text: undefined, secret };
    const parent = path.slice(0, -1);
    if (Array.isArray(format.get(text, parent))) {
      throw new FormatError(
        `${parent.length === 0 ? 'the document' : pathText(parent)} is a list, and the next item takes the place`,
        {
          hint: 'set the whole list',
        },
      );
    }
    const difference = { what: pathText(path), from: shown(now), to: 'absent' };
    return { ...format.remove(text, path), secret, difference };
  }
  const value = plainData(want.value ?? null);
  if (isDeepStrictEqual(now, value)) return { text: undefined, secret };
  const edited = format.set(text, path, value);
  if (!isDeepStrictEqual(format.get(edited.text, path), value)) {
    throw new FormatError(`${format.name} cannot hold ${secret ? 'this value' : shown(value)}`);
  }
  const sides = secret
    ? { from: now === undefined ? 'absent' : 'another value', to: 'a secret value' }
    : { from: now === undefined ? 'absent' : shown(now), to: shown(value) };
  return { ...edited, secret, difference: { what: pathText(path), ...sides } };
}

/** `:line:column` of an offset. */
function placeIn(text: string, offset: number | undefined): string {
  if (offset === undefined) return '';
  const before = text.slice(0, offset).split('\n');
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

function shown(value: unknown): string {
  const digits = (_: string, each: unknown) => (typeof each === 'bigint' ? String(each) : each);
  const text =
    typeof value === 'bigint' ? String(value) : (JSON.stringify(value, digits) ?? String(value));
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
