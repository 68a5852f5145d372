/** A job that runs a playbook in parts, whatever system runs it. */

/** What is asked of all systems. */
export interface Job {
  /** Lower-case letters, digits and dashes. */
  readonly name: string;
  readonly parts: number;
  /** Of a part that is run again: that one alone. */
  readonly only: number | undefined;
  /** Behind `play`, without `--shard`. */
  readonly argv: readonly string[];
  /** Whether plays are left to a run behind all parts (`--shard-plays safe`). */
  readonly leavesRest: boolean;
}

/** A file that a system takes. */
export interface JobFile {
  /** Below the folder that was asked for. */
  readonly path: string;
  readonly text: string;
  /** What to do with it, for people: a line each. */
  readonly advice: readonly string[];
}

/** The words of one part behind `play`; which part it is, the system says. */
export const partWords = ({ argv }: Job): readonly string[] => [
  ...argv,
  '--shard',
  'auto',
  '--output',
  'json',
];

/** The words of the run behind all parts, behind `play`. */
export const restWords = ({ argv }: Job): readonly string[] => {
  const at = argv.indexOf('--shard-plays');
  const words = at === -1 ? argv : argv.toSpliced(at, 2);
  return [...words.filter((word) => word !== '--shard-plays=safe'), '--shard-plays', 'rest'];
};

/** Numbers of the parts that the job runs. */
export const numbersOf = ({ parts, only }: Job): readonly number[] =>
  only === undefined ? Array.from({ length: parts }, (_, index) => index + 1) : [only];
