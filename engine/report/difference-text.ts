/** Unified diffs of texts, in which hunks that hold a secret are only counted. */
import { structuredPatch } from 'diff';
import { cleanText } from './clean.ts';
import { count } from './layout.ts';
import type { Redactor } from '../secrets/redact.ts';

/** A change of a text as people may see it. */
export interface TextChange {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  /** Unified diff without the file header, lines joined by a line feed; empty if it is hidden. */
  readonly diff: string;
}

interface Texts {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** Past this many changed lines the diff says only how many. */
const mostChanges = 5000;

/**
 * @param texts the file's path and its text before and after
 * @param redactor knows which hunks hold a secret
 * @param secret whether nothing of the text may be shown
 */
export function textChange(texts: Texts, redactor: Redactor, secret: boolean): TextChange {
  const patch = structuredPatch('', '', texts.before, texts.after, undefined, undefined, {
    context: 3,
    maxEditLength: mostChanges,
  });
  const path = redactor.text(texts.path);
  if (patch === undefined) {
    const [removed, added] = [countLines(texts.before), countLines(texts.after)];
    return { path, added, removed, diff: '(too many changes to show)' };
  }
  let [added, removed] = [0, 0];
  const shown: string[] = [];
  for (const hunk of patch.hunks) {
    const plus = hunk.lines.filter((line) => line.startsWith('+')).length;
    const minus = hunk.lines.filter((line) => line.startsWith('-')).length;
    added += plus;
    removed += minus;
    if (secret) continue;
    shown.push(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`);
    if (redactor.finds(hunk.lines.map((line) => line.slice(1)).join('\n'))) {
      shown.push(`(holds a secret: ${count(plus, 'line')} added, ${minus} removed)`);
    } else {
      shown.push(...hunk.lines.map(visible));
    }
  }
  return { path, added, removed, diff: shown.join('\n') };
}

/** A line of a diff; what only differs in characters that can't be seen shows them by code. */
function visible(line: string): string {
  const coded = line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return cleanText(coded);
}

function countLines(text: string): number {
  if (text === '') return 0;
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
