/** `--limit`: a pattern whose parts may be files with a pattern a line. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InventoryError } from '../../errors.ts';
import { parsePattern, type Pattern, type Term } from './pattern.ts';

/**
 * Reads a limit: parts are separated by `,` or `:`; `@FILE` stands for the patterns in the file,
 * one a line, lines with `#` left out.
 * @throws InventoryError
 */
export async function readLimit(limit: string): Promise<Pattern> {
  const parts = limit.split(/[,:](?=@)|(?<=@[^,:]*)[,:]/);
  const terms: Term[] = [];
  for (const part of parts) {
    const isFile = part.startsWith('@');
    terms.push(...(isFile ? await termsOfFile(part.slice(1)) : parsePattern(part).terms));
  }
  return { text: limit, terms };
}

async function termsOfFile(name: string): Promise<readonly Term[]> {
  const file = resolve(name);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InventoryError(`--limit @${name} cannot be read`, { cause, hint: String(cause) });
  });
  const terms = text.split('\n').flatMap((line, index) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const column = line.indexOf(trimmed) + 1;
    return parsePattern(trimmed, { file, line: index + 1, column }).terms;
  });
  if (terms.length > 0) return terms;
  const at = { file, line: 1, column: 1 };
  throw new InventoryError('the file of --limit names no host', { at });
}
