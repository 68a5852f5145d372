/** Looks for programs in which the engine's two modes differ, several at a time. */
import fc from 'fast-check';
import { brokenPromises } from './check-rule.ts';
import { differencesOf } from './compare.ts';
import { openLane, type Ground, type Lane } from './lane.ts';
import { programs, type Program } from './written/program.ts';
import { thisMachine } from './this-machine.ts';

/** Programs of one test file; two of them are 1,000. */
export const programsEach = 500;

/** Milliseconds for a test: what it finds takes minutes to become small. */
export const patience = 1_200_000;

export interface Search {
  readonly seed: number;
  readonly count: number;
  /** Programs under way at once. */
  readonly lanes: number;
  /** Milliseconds for all of it, shrinking included. */
  readonly within?: number;
  /** False: a find is told as it was found. */
  readonly shrink?: boolean;
  /** Where the lane of that number runs its programs; default: on this machine. */
  readonly ground?: (lane: number) => Promise<Ground>;
  /** What it writes; default: for this machine. */
  readonly written?: fc.Arbitrary<Program>;
}

export interface Find {
  readonly seed: number;
  readonly program: Program;
  readonly differences: readonly string[];
}

export interface Searched {
  readonly programs: number;
  readonly finds: readonly Find[];
  /** Differed in one of two tries: a race, or a machine that stood still for too long. */
  readonly unsteady: readonly Find[];
}

/** What is wrong with a program, a line each. */
export type Judge = (lane: Lane, program: Program) => Promise<readonly string[]>;

/** Both modes on equal fresh roots, and check before the run. */
export const inAllModes: Judge = async (lane, program) => {
  const check = await lane.run(program, { check: true });
  const plain = await lane.run(program, { lookahead: false });
  const fast = await lane.run(program);
  return [
    ...differencesOf(program, fast, plain),
    ...brokenPromises(program, await lane.freshTree(program), check, plain),
  ];
};

const inSpiteOfErrors =
  (judge: Judge): Judge =>
  async (lane, program) => {
    try {
      return await judge(lane, program);
    } catch (error) {
      return [`it does not run: ${error instanceof Error ? error.message : String(error)}`];
    }
  };

/** Each lane stops at its first find, which is then as small as it gets. */
export async function search(
  {
    seed,
    count,
    lanes,
    within,
    shrink = true,
    ground = () => thisMachine(),
    written = programs,
  }: Search,
  judge: Judge = inAllModes,
): Promise<Searched> {
  const tried = inSpiteOfErrors(judge);
  const unsteady: Find[] = [];
  let ran = 0;
  const inLane = async (own: number): Promise<Find | undefined> => {
    const lane = await openLane(await ground(own - seed));
    let last: Find | undefined;
    let over = false;
    const details = await fc.check(
      fc.asyncProperty(written, async (program) => {
        ran += 1;
        const first = await tried(lane, program);
        if (over || first.length === 0) return true;
        const again = await tried(lane, program);
        if (over) return true;
        if (again.length > 0) last = { seed: own, program, differences: again };
        else unsteady.push({ seed: own, program, differences: first });
        return again.length === 0;
      }),
      {
        seed: own,
        numRuns: Math.ceil(count / lanes),
        endOnFailure: !shrink,
        ...(within !== undefined && { interruptAfterTimeLimit: within }),
      },
    );
    over = true;
    await lane.close();
    return details.failed ? last : undefined;
  };
  const found = await Promise.all(
    Array.from({ length: lanes }, (_, index) => inLane(seed + index)),
  );
  return { programs: ran, finds: found.filter((find) => find !== undefined), unsteady };
}

/** A find as a person reads it. */
export const shown = ({ seed, program, differences }: Find): string =>
  [`// seed ${seed}`, program.source, ...differences.map((line) => `// ${line}`)].join('\n');
