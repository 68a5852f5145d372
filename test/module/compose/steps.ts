/** Steps for composed scripts, and what they left of a folder. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { Alteration, Write } from '../../../engine/module/alteration.ts';
import { composeAlterations, type ComposedStep } from '../../../engine/module/compose/compose.ts';
import type { StepOutcome } from '../../../engine/module/compose/outcomes.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { runScript, type ShellOptions } from '../../../engine/testing.ts';

export const step = (...alters: readonly Alteration[]): ComposedStep => ({ label: 'step', alters });

export const makes = (path: string, of: { mode?: string; owner?: string } = {}): ComposedStep =>
  step({ kind: 'folder', path, first: '0755', ...of });

export const writes = (
  path: string,
  content: string | Buffer,
  of: Partial<Omit<Write, 'kind' | 'path' | 'content'>> = {},
): ComposedStep => step({ kind: 'write', path, mode: '0644', content: contentOf(content), ...of });

/** How each step ended in a word, and what was said where one failed. */
export async function compose(
  steps: readonly ComposedStep[],
  options: ShellOptions = {},
): Promise<{ readonly ended: readonly string[]; readonly said: string; readonly code: number }> {
  const { script, outcomes } = composeAlterations(steps);
  const output = await runScript(script, options);
  const all = outcomes({ ...output, stderr: Buffer.from(output.stderr) });
  return {
    ended: all.map(({ outcome }) => outcome),
    said: all.map(saidBy).join(''),
    code: output.code,
  };
}

const saidBy = (of: StepOutcome): string => ('output' in of ? of.output.stderr.toString() : '');

/** Everything below a folder, as `PATH MODE CONTENT`. */
export function stateOf(at: string): readonly string[] {
  return readdirSync(at, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const is = lstatSync(`${at}/${name}`);
      const mode = (is.mode & 0o7777).toString(8).padStart(4, '0');
      const what = is.isFile()
        ? readFileSync(`${at}/${name}`, 'utf8')
        : is.isDirectory()
          ? '/'
          : '@';
      return `${name} ${mode} ${what}`;
    });
}
