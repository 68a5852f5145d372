/** After a step that brought packages which nobody knows yet: learns what came with them. */
import { randomBytes } from 'node:crypto';
import type { Change, Output } from '../../module/plan.ts';
import type { Answer, Read, ReaderDefinition } from '../../module/reader.ts';
import type { Reply, Request } from '../../shell/session/session.ts';
import type { Target } from '../step/target.ts';
import { releaseOf } from '../state/knowledge.ts';

/** Seconds that a read batch may take. */
const timeout = 60;

/** Whatever comes between costs the lesson, never the step. */
export async function learn(target: Target, plan: Change<unknown>, output: Output): Promise<void> {
  const { link, host } = target;
  const learning = plan.learns?.(output);
  if (!learning || !link.facts) return;
  const { knowledge } = host.batch.environment;
  const release = releaseOf(link.facts, learning.how);
  if (!(await knowledge.claim(release, learning.packages))) return;
  try {
    const study = learning.study(link.name);
    for (let step = study.next([]); ;) {
      if (step.done) {
        if (step.value) await knowledge.keep(release, step.value);
        return;
      }
      step = study.next(await askAside(target, step.value));
    }
  } catch {
    // The next host, or run, that brings them learns it.
  }
}

type Answers = readonly (Answer<unknown> | undefined)[];

/** Asks without keeping the answers among what is known of the host: they may be large. */
async function askAside(
  { link, become }: Target,
  reads: readonly Read<unknown>[],
): Promise<Answers> {
  const mark = `=${randomBytes(9).toString('hex')}=`;
  const byReader = new Map<ReaderDefinition<unknown, unknown>, Read<unknown>[]>();
  for (const read of reads) byReader.set(read.reader, [...(byReader.get(read.reader) ?? []), read]);
  const batches = [...byReader];
  const requests = batches.map(([reader, same]): Request => {
    const keys = same.map(({ key }) => key);
    const processes = reader.processes?.(keys) ?? 1;
    return { kind: 'read', script: reader.script(keys, mark), processes, timeout };
  });
  const replies = await link.exchange(become, requests);
  const answers = new Map<Read<unknown>, Answer<unknown> | undefined>();
  batches.forEach(([reader, same], index) => {
    const given = parsed(reader, same, replies[index], mark);
    same.forEach((read, position) => answers.set(read, given?.[position]));
  });
  return reads.map((read) => answers.get(read));
}

function parsed(
  reader: ReaderDefinition<unknown, unknown>,
  reads: readonly Read<unknown>[],
  reply: Reply | undefined,
  mark: string,
): readonly Answer<unknown>[] | undefined {
  if (!reply || reply.timedOut || reply.truncated) return undefined;
  const { stdout, code } = reply;
  const stderr = reply.stderr.toString('utf8');
  return reader.parse(
    { stdout, stderr, code },
    reads.map(({ key }) => key),
    mark,
  );
}
