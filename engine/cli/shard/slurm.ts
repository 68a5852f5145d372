/** An array of Slurm: a task for each part. */
import { quote } from '../../shell/quote.ts';
import { partWords, type Job, type JobFile } from './job.ts';

export interface SlurmJob extends Job {
  /** How `play` is called on the nodes, as a shell takes it. */
  readonly program: string;
  readonly partition: string | undefined;
  readonly time: string | undefined;
}

/** Reports carry the number of the array: that of a part that was killed stays beside the next. */
export function slurmFile(job: SlurmJob): JobFile {
  const { name, parts, only, partition, time } = job;
  const options = [
    `--job-name=${name}`,
    `--array=${only ?? `1-${parts}`}`,
    `--output=${name}-%a.%A.jsonl`,
    `--error=${name}-%a.%A.log`,
    '--ntasks=1',
    '--no-requeue',
    // Its first signal goes to the run, which ends what it is applying.
    '--signal=TERM@120',
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(time === undefined ? [] : [`--time=${time}`]),
  ];
  const lines = [
    '#!/bin/sh',
    ...options.map((option) => `#SBATCH ${option}`),
    `export SHARD_TOTAL=${parts}`,
    `exec ${job.program} ${partWords(job).map(quote).join(' ')}`,
  ];
  return {
    path: `${only === undefined ? name : `${name}-${only}`}.sbatch`,
    text: `${lines.join('\n')}\n`,
    advice: [
      'sbatch FILE, from the folder of the project, which all nodes have',
      `play report --merge ${name}-*.jsonl`,
    ],
  };
}
