/** Module `lineInFile`: a line is in a file, or is not. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { isSecret } from '../../secrets/secret.ts';
import { ownedFile } from '../shared/account-references.ts';
import { plain, textValue } from '../shared/argument.ts';
import {
  countLines,
  editArgs,
  editReads,
  expressionArg,
  planEdit,
  type Edit,
} from '../shared/edit-file.ts';
import {
  inFile,
  insertLines,
  pattern,
  patternMistakes,
  positionIn,
  positionMistakes,
  type FileLines,
} from '../shared/file-lines.ts';
import { fileReturns } from '../shared/file-result.ts';

const args = z.strictObject({
  ...editArgs,
  line: textValue.optional().describe('the line, without its ending'),
  regexp: expressionArg
    .optional()
    .describe('the line to replace (the last match), or with state absent all lines to remove'),
});

type LineWant = z.output<typeof args>;

export const lineInFile = defineModule({
  name: 'lineInFile',
  summary: 'Adds a line to a file, in place of one that matches, or removes it.',
  args,
  example: `lineInFile('no root logins', {
  path: '/etc/ssh/sshd_config',
  regexp: '^#?PermitRootLogin ',
  line: 'PermitRootLogin no',
  validate: 'sshd -t -f %s',
})`,
  returns: fileReturns,
  mistakes,
  ...ownedFile,
  reads: (want) => editReads(want),
  plan: (want, is, on) =>
    planEdit(want, is, on, (file) =>
      want.state === 'present' ? put(want, file) : take(want, file),
    ),
});

function mistakes(want: LineWant): string[] {
  const found = positionMistakes(want);
  const line = want.line === undefined ? undefined : plain(want.line);
  if (line !== undefined && /[\r\n]/.test(line)) {
    found.push('line must be one line; blockInFile puts several into a file');
  }
  if (want.state === 'present' && line === undefined) found.push('state present needs line');
  if (want.state === 'absent' && line === undefined && want.regexp === undefined) {
    found.push('state absent needs line or regexp');
  }
  if (want.regexp === undefined) return found;
  const wrong = patternMistakes('regexp', want.regexp);
  if (wrong.length > 0) return [...found, ...wrong];
  if (want.state === 'present' && line !== undefined && !pattern(want.regexp).test(line)) {
    found.push(
      `regexp ${String(want.regexp)} does not match line: each run would add another line`,
    );
  }
  return found;
}

function put(want: LineWant, file: FileLines): Edit {
  const line = inFile(plain(want.line ?? ''), file);
  const secret = isSecret(want.line);
  const matches = want.regexp === undefined ? [] : matchesOf(file, pattern(want.regexp));
  const at = matches.at(-1);
  if (at === undefined) {
    if (file.lines.some(({ text }) => text === line)) return { secret, lines: undefined };
    const lines = insertLines(file, positionIn(file, want), [line]);
    return { secret, lines, difference: differenceOf([], [line], secret) };
  }
  const notes =
    matches.length > 1
      ? {
          notes: [
            `regexp matches lines ${matches.map((of) => of + 1).join(', ')}: the last counts`,
          ],
        }
      : {};
  const old = file.lines[at];
  if (old === undefined || old.text === line) return { secret, lines: undefined, ...notes };
  return {
    secret,
    lines: file.lines.with(at, { text: line, end: old.end }),
    difference: { ...differenceOf([old.text], [line], secret), what: `line ${at + 1}` },
    ...notes,
  };
}

function take(want: LineWant, file: FileLines): Edit {
  const secret = isSecret(want.line);
  const line = want.line === undefined ? undefined : inFile(plain(want.line), file);
  const wanted = want.regexp === undefined ? undefined : pattern(want.regexp);
  const goes = (text: string): boolean =>
    wanted === undefined ? text === line : wanted.test(text);
  const gone = file.lines.filter(({ text }) => goes(text)).map(({ text }) => text);
  if (gone.length === 0) return { secret, lines: undefined };
  const lines = file.lines.filter(({ text }) => !goes(text));
  return { secret, lines, difference: differenceOf(gone, [], secret) };
}

/** One line is shown as it is, several and secret ones as their number. */
function differenceOf(before: readonly string[], after: readonly string[], secret: boolean) {
  const shown = (lines: readonly string[]): string =>
    lines.length === 1 && !secret ? (lines[0] ?? '') : countLines(lines.length);
  return { what: 'line', from: shown(before), to: shown(after) };
}

const matchesOf = (file: FileLines, wanted: RegExp): number[] =>
  file.lines.flatMap(({ text }, index) => (wanted.test(text) ? [index] : []));
