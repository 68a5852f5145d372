/** The one composer: alterations of one step, or of many, as one script. */
import { randomBytes } from 'node:crypto';
import { contained, joinScripts, rawScript, sh, type Script } from '../../shell/script.ts';
import { alterationsOf, type Alteration, type HowChanged } from '../alteration.ts';
import { scriptOfOne } from './one.ts';
import { outcomesIn, type Ended, type StepOutcome } from './outcomes.ts';

/** A step that is composed with others. */
export interface ComposedStep {
  /** What it is, for the failure of another; its id in a run. */
  readonly label: string;
  readonly alters: readonly Alteration[];
}

/** One script of several steps, and how to read what it says of each. */
export interface Composed {
  readonly script: Script;
  /** How each step ended, in their order, from what the script printed and its exit code. */
  readonly outcomes: (ended: Ended) => readonly StepOutcome[];
}

/**
 * One script of the alterations of one step or of many: each is done only where all before it
 * succeeded; the first that fails ends the script with its exit code.
 * @param steps in their order
 * @returns the script, and how each step ended once it ran
 * @throws PlayError for a word with a NUL
 */
export function composeAlterations(steps: readonly ComposedStep[]): Composed {
  const mark = randomBytes(16).toString('hex');
  const framed = steps.length > 1;
  const scripts = steps.map(({ alters }, index) => {
    if (!framed && alters.length === 1) return joinScripts(alters.map(scriptOfOne));
    return joinScripts([...alters.map(guarded), ...(framed ? [done(index)] : [])]);
  });
  const script = framed
    ? joinScripts([contained(rawScript(functions(mark))), ...scripts])
    : joinScripts(scripts);
  return { script, outcomes: (ended) => outcomesIn(ended, steps.length, mark) };
}

/**
 * An alteration whose failure ends the whole. A module's own script has a shell of its own, and its
 * code is taken on the next line (rule 25, scripts).
 */
function guarded(alteration: Alteration): Script {
  const script = scriptOfOne(alteration);
  const own = alteration.kind === 'script' || alteration.kind === 'write together';
  const parts = own ? [rawScript('('), script, rawScript(')')] : [script];
  const joined = joinScripts([
    ...parts,
    rawScript('play_ended=$?; [ "$play_ended" = 0 ] || exit "$play_ended"'),
  ]);
  return script.contained === true ? contained(joined) : joined;
}

const done = (index: number): Script => contained(sh`play_done ${index}`);

/** The mark stands in halves, so that `set` in a script never prints it whole. */
const functions = (mark: string): string => `play_done() {
play_a=${mark.slice(0, 16)} play_b=${mark.slice(16)}
printf '%s%s %s\\n' "$play_a" "$play_b" "$1"
printf '%s%s %s\\n' "$play_a" "$play_b" "$1" >&2
}`;

/** The script of a change or an action alone. */
export function scriptOf(plan: HowChanged): Script {
  if (plan.script) return plan.script;
  return composeAlterations([{ label: '', alters: alterationsOf(plan) }]).script;
}
