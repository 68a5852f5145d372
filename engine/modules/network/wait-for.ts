import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { action, same, type Output } from '../../module/plan.ts';
import { condition, type Condition } from '../../readers/commands/condition.ts';
import { conditionCheck, conditionFunctions } from '../../readers/commands/condition-script.ts';
import { quote } from '../../shell/quote.ts';
import { rawScript, type Script } from '../../shell/script.ts';
import { absolutePath } from '../shared/argument.ts';
import { httpTarget, toRequest } from '../shared/http-target.ts';
import { unitJournal } from '../shared/unit-journal.ts';

const expression = z.string().min(1);

const args = z.strictObject({
  port: z.int().min(1).max(65_535).optional().describe('a TCP port'),
  host: z
    .string()
    .min(1)
    .optional()
    .describe('host of the port; default: this host, on any address. To others it connects'),
  path: absolutePath.optional().describe('a file or folder that must exist'),
  contains: expression
    .optional()
    .describe('with path: POSIX extended regular expression that a line of the file must match'),
  unit: z.string().min(1).optional().describe('a systemd unit that must be active'),
  process: z.string().min(1).optional().describe('name of a process, as `ps -o comm` shows it'),
  http: z
    .strictObject({
      ...httpTarget,
      status: z.array(z.int().min(100).max(599)).min(1).default([200]).describe('expected status'),
      body: expression
        .optional()
        .describe('POSIX extended regular expression that a line of the body must match'),
    })
    .optional()
    .describe('an answer to a GET request that the host makes'),
  absent: z.boolean().default(false).describe('wait until the condition is false'),
  journal: z
    .string()
    .regex(/^[A-Za-z0-9:_.\\@-]+$/, 'is not the name of a unit')
    .optional()
    .describe(
      'unit to show state and last journal lines of after a time-out; default: the awaited unit',
    ),
  timeout: z.number().min(0).max(86_400).default(300).describe('seconds; then the step fails'),
  delay: z.int().min(1).max(3600).default(1).describe('seconds between two attempts'),
});
type Want = z.output<typeof args>;

/** Waits on the host until something holds. */
export const waitFor = defineModule({
  name: 'waitFor',
  onlyAsks: true,
  waits: true,
  summary: 'Waits for a port, file, line, unit, process or HTTP answer.',
  kind: 'action',
  reach: () => 'host',
  args,
  example: `waitFor('the API answers', { http: { url: 'https://127.0.0.1:6443/healthz', ca: '/etc/kubernetes/pki/ca.crt' } })`,
  returns: { saw: 'what was seen last' },
  mistakes(want) {
    const mistakes: string[] = [];
    const kinds = ['port', 'path', 'unit', 'process', 'http'] as const;
    if (kinds.filter((kind) => want[kind] !== undefined).length !== 1) {
      mistakes.push(`give one of ${kinds.join(', ')}`);
    }
    if (want.host !== undefined && want.port === undefined) mistakes.push('host needs port');
    if (want.contains !== undefined && want.path === undefined) {
      mistakes.push('contains needs path');
    }
    return mistakes;
  },
  reads: (want) => ({ now: condition(toCondition(want)) }),
  plan(want, { now }) {
    if (now && now.holds !== want.absent) return same({ saw: now.saw });
    return action({
      script: waiting(want),
      result: (output) => ({ saw: lastLine(output.stdout) }),
      failed: (output) => failure(want, output),
      changed: () => false,
      timeout: want.timeout + 60,
    });
  },
});

function toCondition(want: Want): Condition {
  if (want.port !== undefined) {
    return { kind: 'port', port: want.port, ...(want.host !== undefined && { host: want.host }) };
  }
  if (want.unit !== undefined) return { kind: 'unit', unit: want.unit };
  if (want.process !== undefined) return { kind: 'process', name: want.process };
  if (want.http !== undefined) {
    const { status, body } = want.http;
    return { kind: 'http', request: toRequest(want.http), status, ...(body && { body }) };
  }
  const contains = want.contains === undefined ? {} : { contains: want.contains };
  return { kind: 'path', path: want.path ?? '/', ...contains };
}

/** The host looks by itself, by a clock that nobody sets. */
function waiting(want: Want): Script {
  const sought = toCondition(want);
  const unit = want.journal ?? (sought.kind === 'unit' ? sought.unit : undefined);
  const journal =
    unit === undefined
      ? ':'
      : `${unitJournal}
play_journal ${quote(unit)} >&2`;
  return rawScript(`${conditionFunctions([sought])}
read -r up rest </proc/uptime
began=\${up%%.*}
while :; do
code=0
saw=$(${conditionCheck(sought)}) || code=$?
if [ "$code" -eq ${want.absent ? 1 : 0} ]; then printf '%s\\n' "$saw"; exit 0; fi
if [ "$code" -gt 1 ]; then printf '%s\\n' "$saw" >&2; exit 2; fi
read -r up rest </proc/uptime
if [ "$((\${up%%.*} - began))" -ge ${Math.ceil(want.timeout)} ]; then break; fi
sleep ${want.delay}
done
printf '%s\\n' "$saw" >&2
${journal}
exit 1`);
}

function failure(want: Want, output: Output): string | undefined {
  if (output.code === 0) return undefined;
  const saw = output.stderr.split('\n')[0] ?? '';
  const sought = describe(toCondition(want));
  if (output.code === 2) return `whether ${sought} cannot be told here: ${saw}`;
  const not = want.absent ? 'still' : 'not yet';
  return `after ${want.timeout} s ${not}: ${sought}; seen last: ${saw}`;
}

function describe(sought: Condition): string {
  if (sought.kind === 'port') {
    return `port ${sought.port} is open${sought.host === undefined ? '' : ` on ${sought.host}`}`;
  }
  if (sought.kind === 'unit') return `${sought.unit} is active`;
  if (sought.kind === 'process') return `${sought.name} runs`;
  if (sought.kind === 'http') {
    return `${sought.request.url} answers ${sought.status.join(' or ')}`;
  }
  return sought.contains === undefined
    ? `${sought.path} is there`
    : `a line of ${sought.path} matches ${sought.contains}`;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
