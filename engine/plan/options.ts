/** Options of tasks, blocks, roles and plays against their schema: mistakes are told at collect. */
import { z } from 'zod';
import { kindOf } from '../dsl/collector.ts';
import { didYouMean } from '../did-you-mean.ts';
import { PlaybookError, type Place } from '../errors.ts';
import { isSecret, type Secret } from '../secrets/secret.ts';

const lambda = z.custom<(...args: never[]) => unknown>((given) => typeof given === 'function', {
  error: 'expected a function',
});
const handlerValue = z.custom<object>((given) => kindOf(given) === 'handler');
const seconds = z.number().positive();
const count = z.int().min(1);
const environmentText = z.custom<string | Secret>(
  (given) => typeof given === 'string' || isSecret(given),
  { error: 'expected a text' },
);

const flowing = {
  tags: z.array(z.string().min(1)).optional(),
  when: z.union([lambda, z.array(lambda)], { error: 'expected a function' }).optional(),
  become: z.union([z.boolean(), z.string().min(1)]).optional(),
  environment: z.record(z.string(), environmentText).optional(),
  ignoreErrors: z.boolean().optional(),
  secret: z.boolean().optional(),
  ignoreUnreachable: z.boolean().optional(),
  check: z.boolean().optional(),
  diff: z.boolean().optional(),
  timeout: seconds.optional(),
  throttle: count.optional(),
  runOnce: z.union([z.boolean(), z.strictObject({ perBatch: z.literal(true) })]).optional(),
  on: z.union([z.string().min(1), lambda], { error: 'expected a host or a function' }).optional(),
};

const ofSteps = z.strictObject(flowing);
const notify = z
  .union([handlerValue, z.array(handlerValue)], { error: 'expected what handler() returned' })
  .optional();

const ofBlock = z.strictObject({
  notify,
  ...flowing,
  rolling: z
    .union([z.literal(true), z.strictObject({ atOnce: count })], {
      error: 'expected true or { atOnce: hosts }',
    })
    .optional(),
});

const ofEach = z.strictObject({
  notify,
  ...flowing,
  invalidates: z
    .strictObject({
      paths: z.array(z.string().startsWith('/', 'expected an absolute path')).optional(),
      readers: z.array(z.string()).optional(),
    })
    .optional(),
});

const ofTask = z.strictObject({
  ...flowing,
  notify,
  retries: z.int().min(0).optional(),
  delay: z.number().min(0).optional(),
  until: lambda.optional(),
  changedWhen: z.union([z.boolean(), lambda]).optional(),
  failedWhen: lambda.optional(),
  rerunnable: z.boolean().optional(),
});

const share = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, "expected a share as '30%'")
  .refine((text) => Number.parseFloat(text) > 0, 'must be more than 0 %');
const size = z.union([count, share], { error: "expected a number from 1 on or a share as '30%'" });

const roleValue = z.custom<object>((given) => kindOf(given) === 'role', {
  error: 'expected a role',
});
const ofContext: readonly string[] = ['vars', 'host', 'inventory', 'outside', 'facts'];
const uses = z
  .record(
    z.string().refine((name) => !ofContext.includes(name), 'is what tasks get anyway'),
    lambda,
  )
  .optional();

const gather = z.literal('first', { error: "expected 'first'" }).optional();

const ofPlay = z.strictObject({
  ...flowing,
  name: z.string().min(1),
  hosts: z.string().min(1),
  vars: z.custom<object>(isSchema, { error: 'expected a schema, as z.strictObject' }).optional(),
  uses,
  preTasks: lambda.optional(),
  roles: z.array(roleValue).optional(),
  tasks: lambda.optional(),
  serial: z.union([size, z.array(size).min(1)]).optional(),
  connection: z
    .strictObject({
      user: z.string().min(1).optional(),
      port: z.int().min(1).max(65_535).optional(),
      privateKeyFile: z.string().min(1).optional(),
      transport: z.enum(['openssh', 'node-ssh', 'local']).optional(),
    })
    .optional(),
  order: z.enum(['inventory', 'reverse', 'sorted', 'reverse-sorted', 'shuffle']).optional(),
  strategy: z.enum(['linear', 'free']).optional(),
  maxFailPercentage: z.number().min(0).max(100).optional(),
  anyErrorsFatal: z.boolean().optional(),
  forceHandlers: z.boolean().optional(),
  gatherFacts: z.boolean().optional(),
  gather,
  applies: lambda.optional(),
});

function isSchema(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'safeParse' in given;
}

const ofRole = z.strictObject({
  name: z.string().min(1),
  vars: z.custom<object>(isSchema, { error: 'expected a schema, as z.strictObject({})' }),
  tags: flowing.tags,
  gather,
  uses,
  needs: z
    .array(z.union([roleValue, z.array(roleValue).min(1)], { error: 'expected roles' }))
    .optional(),
  tasks: lambda,
});

const schemas = {
  task: ofTask,
  block: ofBlock,
  choose: ofSteps,
  each: ofEach,
  'options of role': ofSteps,
  role: ofRole,
  play: ofPlay,
};

/** What is known to be right: hosts share roles and plays, and tasks share nothing. */
const right = new WeakSet<object>();

/** @throws PlaybookError with all mistakes of these options */
export function checkOptions(
  kind: keyof typeof schemas,
  of: { readonly name: string; readonly at: Place },
  options: object,
): void {
  if (right.has(options)) return;
  const schema = schemas[kind];
  const parsed = schema.safeParse(options);
  if (parsed.success) {
    right.add(options);
    return;
  }
  const lines = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownOption(key, Object.keys(schema.shape)))
      : [`${issue.path.map(String).join('.')}: ${issue.message}`],
  );
  throw new PlaybookError(`${kind} '${of.name}': ${lines.join('; ')}`, { at: of.at });
}

function unknownOption(key: string, known: readonly string[]): string {
  const near = didYouMean(key, known);
  return `unknown option '${key}'${near ? `, did you mean '${near}'?` : ''}`;
}
