import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { PlaybookError } from '../../errors.ts';
import type { Content } from '../../shell/content.ts';
import { rawScript, sh, type Script } from '../../shell/script.ts';
import { plain, textValue } from '../shared/argument.ts';
import {
  asWritten,
  commandArguments,
  commandInvalidates,
  commandMistakes,
  commandReach,
  commandReturns,
  planCommand,
} from './shared/plan.ts';
import { guardReads } from './shared/guards.ts';

const args = z.strictObject({
  src: z.string().min(1).describe('a file of the controller, looked up in files/ of the role'),
  arguments: z.array(textValue).default([]).describe('its arguments'),
  interpreter: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('its interpreter; default: as its #! line says, else /bin/sh'),
  ...commandArguments,
});

interface Sent extends z.output<typeof args> {
  readonly content: Content;
  /** Empty: the file is a program itself. */
  readonly run: readonly string[];
}

/** Runs a script of the controller on the host. */
export const script = defineModule({
  name: 'script',
  summary: 'Sends a script of the controller to the host and runs it there.',
  kind: 'action',
  reach: commandReach,
  mayInvalidate: commandInvalidates,
  args,
  example: `script('prepare the disks', { src: 'disks.sh', arguments: ['/dev/sdb'], creates: '/srv/disks-ready' })`,
  returns: commandReturns,
  mistakes: (want) => commandMistakes(want, ['script', ...want.arguments]),
  async prepare(want, controller): Promise<Sent> {
    const content = await controller.file(want.src);
    const run = want.interpreter ?? interpreterOf(want.src, await firstBytes(content));
    return { ...want, content, run };
  },
  reads: (want) => guardReads(want),
  plan: (want, is) =>
    planCommand(want, is, {
      script: running(want),
      command: asWritten([want.src, ...want.arguments]),
    }),
});

/** As the kernel reads it: a path, and the rest of the line as one argument. */
function interpreterOf(src: string, start: Buffer): readonly string[] {
  if (start.subarray(0, 2).toString() !== '#!') return start.includes(0) ? [] : ['/bin/sh'];
  const line = start.toString('utf8', 2).split('\n', 1)[0] ?? '';
  if (line.endsWith('\r')) {
    throw new PlaybookError(`the first line of ${src} ends with a carriage return`, {
      hint: 'save the file with LF line endings: no host has an interpreter of that name',
    });
  }
  const [, program, rest] = /^\s*(\S+)\s*(.*?)\s*$/.exec(line) ?? [];
  if (program === undefined) return ['/bin/sh'];
  return rest === undefined || rest === '' ? [program] : [program, rest];
}

/** The script lies in an owner-only folder and is read by its interpreter: `noexec` is no matter. */
function running(want: Sent): Script {
  const name = want.src.slice(want.src.lastIndexOf('/') + 1).replace(/[^\w.-]/g, '_');
  const file = rawScript(`"$folder"/${name}`);
  const words = want.arguments.map(plain);
  const run = want.run.length === 0 ? file : sh`${want.run} ${file}`;
  const prepare = want.run.length === 0 ? sh`chmod u+x ${file} || exit` : rawScript(':');
  return sh`(
folder=$(mktemp -d "\${TMPDIR:-/tmp}/play.XXXXXX") || exit
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
${want.content} > ${file} || exit
${prepare}
( exec ${run} ${words} )
)`;
}

async function firstBytes(content: Content): Promise<Buffer> {
  if (content.bytes) return content.bytes.subarray(0, 256);
  const stream = content.open();
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part as Uint8Array);
    parts.push(bytes);
    size += bytes.length;
    if (size >= 256) break;
  }
  return Buffer.concat(parts).subarray(0, 256);
}
