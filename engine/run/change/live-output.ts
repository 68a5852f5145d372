/** Output of a running apply as whole lines: cut bytes would break UTF-8 and hide no secret. */
import { StringDecoder } from 'node:string_decoder';
import type { TaskNode } from '../../plan/nodes.ts';
import type { StepRequest } from '../../shell/session/session.ts';
import type { Emit } from '../../report/events.ts';
import { stepRef } from '../step/reference.ts';

type Stream = 'stdout' | 'stderr';

export interface LiveOutput {
  readonly onOutput: NonNullable<StepRequest['onOutput']>;
  /** The apply has ended. */
  end(): void;
}

/**
 * Emits each line once it is whole; what has no end of line is told with the step's result.
 * @param holdFor milliseconds that the apply must have taken; of a shorter one nothing is emitted
 */
export function liveOutput(host: string, node: TaskNode, emit: Emit, holdFor = 0): LiveOutput {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const rest: Record<Stream, string> = { stdout: '', stderr: '' };
  const tell = (stream: Stream, text: string): void =>
    emit({ event: 'step-output', time: Date.now(), step: stepRef(host, node), stream, text });
  let held: (readonly [Stream, string])[] | undefined = holdFor > 0 ? [] : undefined;
  const release = (): void => {
    const lines = held ?? [];
    held = undefined;
    for (const [stream, text] of lines) tell(stream, text);
  };
  const timer = held && setTimeout(release, holdFor);
  return {
    onOutput(stream, bytes) {
      const text = rest[stream] + decoders[stream].write(bytes);
      const end = text.lastIndexOf('\n') + 1;
      rest[stream] = text.slice(end);
      if (end === 0) return;
      const lines = text.slice(0, end - 1);
      if (held) held.push([stream, lines]);
      else tell(stream, lines);
    },
    end: () => clearTimeout(timer),
  };
}
