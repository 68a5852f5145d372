/** The one composer: alterations of one step, or of many, as one script. */
import { randomBytes } from 'node:crypto';
import { contained, joinScripts, rawScript, sh, type Script } from '../../shell/script.ts';
import { alterationsOf, type Alteration, type HowChanged } from '../alteration.ts';
import { groupsOf, type Group, type Placed } from './groups.ts';
import { scriptOfOne } from './one.ts';
import { outcomesIn, type Ended, type StepOutcome } from './outcomes.ts';
import { togetherScripts } from './together.ts';

/** A step that is composed with others. */
export interface ComposedStep {
  /** What it is called, for those who read the script. */
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
  const script =
    steps.length > 1 ? framedScript(steps, mark) : scriptOfStep(steps[0]?.alters ?? []);
  return { script, outcomes: (ended) => outcomesIn(ended, steps.length, mark) };
}

/** The script of a change alone, or of alterations that an action makes. */
export const scriptOf = (plan: HowChanged): Script =>
  plan.script ?? composeAlterations([{ label: '', alters: alterationsOf(plan) }]).script;

function scriptOfStep(alters: readonly Alteration[]): Script {
  const [first] = alters;
  if (first !== undefined && alters.length === 1) return scriptOfOne(first);
  const placed = alters.map((alteration) => ({ step: 0, alteration }));
  return joinScripts(
    groupsOf(placed)
      .flatMap(partsOf)
      .map(({ script }) => script),
  );
}

function framedScript(steps: readonly ComposedStep[], mark: string): Script {
  const placed = steps.flatMap(({ alters }, step) =>
    alters.map((alteration): Placed => ({ step, alteration })),
  );
  const parts = groupsOf(placed).flatMap(partsOf);
  const lines: Script[] = [contained(rawScript(frameFunction(mark)))];
  let next = 0;
  for (const [step, { label }] of steps.entries()) {
    lines.push(contained(rawScript(`# ${label.replaceAll(/\s+/g, ' ')}`)));
    for (; next < parts.length && parts[next]?.step === step; next += 1) {
      const part = parts[next];
      if (part) lines.push(part.script);
    }
    lines.push(contained(sh`play_done ${step}`));
  }
  return joinScripts(lines);
}

/** What one alteration comes to, with what goes before and behind it. */
interface Part {
  readonly step: number;
  readonly script: Script;
}

function partsOf(group: Group): readonly Part[] {
  if (!group.together) {
    return group.members.map(({ step, alteration }) => ({ step, script: guarded(alteration) }));
  }
  const { before, turns } = togetherScripts(group.members, group.from);
  const last = group.members.length - 1;
  return group.members.map(({ step }, at) => ({
    step,
    script: joinScripts([
      ...(at === 0 ? [before] : []),
      turns[at] ?? rawScript(''),
      stopping,
      ...(at === last ? [contained(rawScript('play_settle')), stopping] : []),
    ]),
  }));
}

/** A module's own script has a shell of its own; its code is taken on the next line (rule 25). */
function guarded(alteration: Alteration): Script {
  const script = scriptOfOne(alteration);
  const own = alteration.kind === 'script' || alteration.kind === 'write together';
  const parts = own ? [rawScript('('), script, rawScript(')')] : [script];
  const joined = joinScripts([...parts, stopping]);
  return script.contained === true ? contained(joined) : joined;
}

const stopping = contained(rawScript('play_ended=$?; [ "$play_ended" = 0 ] || exit "$play_ended"'));

/** The mark stands in halves, so that `set` in a script never prints it whole. */
const frameFunction = (mark: string): string => `play_done() {
printf '%s%s %s\\n' ${mark.slice(0, 16)} ${mark.slice(16)} "$1"
printf '%s%s %s\\n' ${mark.slice(0, 16)} ${mark.slice(16)} "$1" >&2
}`;
