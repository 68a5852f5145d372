/** Module `blockInFile`: lines between two markers are in a file, or are not. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { isSecret } from '../../secrets/secret.ts';
import { ownedFile } from '../shared/account-references.ts';
import { plain, textValue } from '../shared/argument.ts';
import { countLines, editArgs, editReads, planEdit, type Edit } from '../shared/edit-file.ts';
import {
  inFile,
  insertLines,
  positionIn,
  positionMistakes,
  type FileLines,
} from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';

const args = z.strictObject({
  ...editArgs,
  block: textValue.default('').describe('the lines between the markers; empty: remove the block'),
  marker: z
    .string()
    .includes('{mark}', { error: 'marker needs {mark}, which becomes BEGIN and END' })
    .default('# {mark} PLAY MANAGED BLOCK')
    .describe('the marker lines; each block of a file needs its own'),
  markerBegin: z.string().min(1).default('BEGIN').describe('replaces {mark} above the block'),
  markerEnd: z.string().min(1).default('END').describe('replaces {mark} below the block'),
});

type BlockWant = z.output<typeof args>;

export const blockInFile = defineModule({
  name: 'blockInFile',
  summary: 'Adds, updates or removes a block of lines between two markers in a file.',
  args,
  example: `blockInFile('cluster hosts', {
  path: '/etc/hosts',
  marker: '# {mark} cluster',
  block: '10.0.0.1 one\\n10.0.0.2 two',
})`,
  returns: fileReturns,
  mistakes,
  ...ownedFile,
  reads: (want) => editReads(want),
  plan: (want, is, on) => planEdit(want, is, on, (file) => edit(want, file, want.path)),
});

const markers = (want: BlockWant): readonly [string, string] => [
  want.marker.replaceAll('{mark}', () => want.markerBegin),
  want.marker.replaceAll('{mark}', () => want.markerEnd),
];

function mistakes(want: BlockWant): string[] {
  const found = positionMistakes(want);
  const [begin, end] = markers(want);
  if (begin === end) found.push('markerBegin and markerEnd must differ');
  if (/[\r\n]/.test(begin + end)) found.push('a marker must be one line');
  if (linesIn(want).some((line) => line === begin || line === end)) {
    found.push('block holds one of its own markers');
  }
  return found;
}

/** Lines of the block; one newline at its end does not make another line. */
function linesIn(want: BlockWant): string[] {
  const block = plain(want.block).replace(/\r?\n$/, '');
  return block === '' ? [] : block.split(/\r?\n/);
}

function edit(want: BlockWant, file: FileLines, path: string): Edit {
  const [begin, end] = markers(want).map((text) => inFile(text, file)) as [string, string];
  const found = findBlock(file, begin, end, path);
  const inner = linesIn(want).map((line) => inFile(line, file));
  const gone = want.state === 'absent' || inner.length === 0;
  const before = found === undefined ? 0 : found[1] - found[0] - 1;
  const sides = { from: countLines(before), to: countLines(gone ? 0 : inner.length) };
  const plan = { secret: isSecret(want.block), difference: { what: 'block', ...sides } };
  if (found === undefined) {
    if (gone) return { ...plan, lines: undefined };
    return { ...plan, lines: insertLines(file, positionIn(file, want), [begin, ...inner, end]) };
  }
  const [first, last] = found;
  const above = file.lines.slice(0, first);
  const below = file.lines.slice(last + 1);
  if (gone) return { ...plan, lines: [...above, ...below] };
  const between = file.lines.slice(first + 1, last).map(({ text }) => text);
  if (between.join('\n') === inner.join('\n') && between.length === inner.length) {
    return { ...plan, lines: undefined };
  }
  const lines = inner.map((text) => ({ text, end: file.end }));
  const [opening, closing] = [file.lines[first], file.lines[last]];
  return {
    ...plan,
    lines: [...above, ...present(opening), ...lines, ...present(closing), ...below],
  };
}

const present = <T>(of: T | undefined): T[] => (of === undefined ? [] : [of]);

/** The lines of both markers. @throws StepError when there is not one pair or none */
function findBlock(
  file: FileLines,
  begin: string,
  end: string,
  path: string,
): readonly [number, number] | undefined {
  const begins = indexesOf(file, begin);
  const ends = indexesOf(file, end);
  const [first, last] = [begins[0], ends[0]];
  if (first === undefined && last === undefined) return undefined;
  if (first !== undefined && last !== undefined && first < last) {
    if (begins.length === 1 && ends.length === 1) return [first, last];
  }
  const list = (of: readonly number[]) => of.map((index) => index + 1).join(', ') || 'none';
  throw new StepError(
    `${path} does not hold one whole block: '${begin}' stands on line ${list(begins)}, ` +
      `'${end}' on line ${list(ends)}`,
    { hint: 'leave one pair of markers in the file, or none' },
  );
}

const indexesOf = (file: FileLines, wanted: string): number[] =>
  file.lines.flatMap(({ text }, index) => (text === wanted ? [index] : []));
