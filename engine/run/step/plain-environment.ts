/** The environment of a step; a Secret enters it only where the step says so (rule 23, secrets). */
import { PlaybookError } from '../../errors.ts';
import type { TaskNode } from '../../plan/nodes.ts';
import { isSecret, reveal } from '../../secrets/secret.ts';

/** @throws PlaybookError for a Secret without `exposeSecret: true` among the arguments */
export function plainEnvironment(node: TaskNode, want: unknown): Readonly<Record<string, string>> {
  const exposes = (want as { exposeSecret?: unknown } | undefined)?.exposeSecret === true;
  return Object.fromEntries(
    Object.entries(node.options.environment).map(([name, text]) => {
      if (!isSecret(text)) return [name, text];
      if (exposes) return [name, reveal(text)];
      throw new PlaybookError(`environment ${name} of '${node.task.name}' is a Secret`, {
        at: node.task.at,
        hint: 'other processes may see it; set exposeSecret: true if that is acceptable',
      });
    }),
  );
}
