/** Whether a step is only planned, and whether its texts are shown: as it says, else as the run does. */
import type { TaskNode } from '../../plan/nodes.ts';
import type { RunOptions } from '../environment.ts';

type Said = Pick<TaskNode, 'options'>;

export const isChecked = ({ options }: Said, run: RunOptions): boolean =>
  options.check ?? run.check;

/** What the step is planned to do is done in the run that check is about: later steps count on it. */
export const isForeseen = ({ options }: Said, run: RunOptions): boolean =>
  run.check && options.check !== true;

export const showsDiff = ({ options }: Said, run: RunOptions): boolean => options.diff ?? run.diff;
