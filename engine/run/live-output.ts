/** Output of a running apply as whole lines: cut bytes would break UTF-8 and hide no secret. */
import { StringDecoder } from 'node:string_decoder';
import type { TaskNode } from '../plan/nodes.ts';
import type { StepRequest } from '../shell/session.ts';
import type { Emit } from './environment.ts';
import { stepRef } from './step-ref.ts';

type Stream = 'stdout' | 'stderr';

/** Emits each line once it is whole; what has no end of line is told with the step's result. */
export function liveOutput(
  host: string,
  node: TaskNode,
  emit: Emit,
): NonNullable<StepRequest['onOutput']> {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const rest: Record<Stream, string> = { stdout: '', stderr: '' };
  return (stream, bytes) => {
    const text = rest[stream] + decoders[stream].write(bytes);
    const end = text.lastIndexOf('\n') + 1;
    rest[stream] = text.slice(end);
    if (end === 0) return;
    const step = stepRef(host, node);
    emit({ event: 'step-output', time: Date.now(), step, stream, text: text.slice(0, end - 1) });
  };
}
