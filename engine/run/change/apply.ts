/**
 * The one place that changes a host. A change travels with the renewed reads of what follows it,
 * its own among them: planning again on these is the verification (rule 17, verification).
 */
import { UnreachableError } from '../../errors.ts';
import { scriptOf } from '../../module/compose/compose.ts';
import type { Action, Change, Output, Invalidates } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import { hidden, Redactor } from '../../secrets/redact.ts';
import type { Reply, StepRequest } from '../../shell/session/session.ts';
import { actOnController } from './controller-action.ts';
import { ask, type Asked } from '../reads/ask.ts';
import type { Attempt } from '../step/attempt-result.ts';
import type { Target } from '../step/target.ts';
import { alterationOf, timePassed } from '../reads/barrier.ts';
import { commandFailure } from '../failure.ts';
import { inEnvironment, ownReads } from '../step/prepare.ts';
import { sendBatch, userKey, type BatchAnswers } from '../reads/read-batch.ts';
import { ConnectionLost } from '../hosts/link.ts';
import { liveOutput, type LiveOutput } from './live-output.ts';
import { learn } from './learn.ts';
import { pause } from '../pause.ts';
import { planStep } from './plan-step.ts';
import { plainEnvironment } from '../step/plain-environment.ts';
import { timeoutOf } from '../step/timeout.ts';

/** Seconds between readings while a state settles or a postcondition is awaited. */
const settlePause = 0.3;
/** Milliseconds after which what may take long does. */
const longAfter = 2000;

/** @throws UnreachableError, ConnectionLost: then nothing is known, and the step is read again */
export async function applyChange(
  target: Target,
  asked: Asked,
  plan: Change<unknown>,
): Promise<Attempt> {
  const timeout = timeoutOf(target, plan.timeout);
  const request: StepRequest = { ...stepRequest(target, timeout), script: scriptOf(plan) };
  const { notes } = plan;
  const sent = { invalidated: plan.invalidates ?? 'everything', long: plan.long === true };
  const reply = await send(target, asked, request, sent);
  if (reply.code !== 0 || reply.timedOut) {
    const failure = commandFailure(undefined, { script: request.script }, reply);
    return { outcome: 'failed', differences: plan.differences, failure, notes };
  }
  const output = outputOf(reply);
  const differences = plan.told?.(output) ?? plan.differences;
  const verified = await verify(target, plan);
  if ('failure' in verified)
    return { outcome: 'failed', differences, failure: verified.failure, notes };
  await learn(target, plan, output);
  const result = { ...(verified.result as Record<string, unknown>), changed: true };
  return { outcome: 'changed', result, differences, notes: [...(notes ?? []), ...verified.notes] };
}

type Verified =
  | { readonly result: unknown; readonly notes: readonly string[] }
  | { readonly failure: { readonly message: string; readonly details: readonly string[] } };

/** Plans again on what is read anew; the answer must be `same`, and stay so while it settles. */
async function verify(target: Target, plan: Change<unknown>): Promise<Verified> {
  const { atMost, stable } = plan.settle ?? { atMost: 0, stable: 0 };
  const deadline = Date.now() + atMost * 1000;
  const { environment } = target.host.batch;
  let since: number | undefined;
  let waited = false;
  for (;;) {
    // While it settles only this step is read: what follows would be old by its end.
    const asked = await ask(target, { ahead: !waited });
    // Under --check with `check: false`: what it reads is only planned.
    if ('ended' in asked) {
      const because = asked.ended.because ?? 'its reads';
      return {
        failure: { message: `done, but not verified: ${because} is only planned`, details: [] },
      };
    }
    const again = planStep(target, asked);
    if (again.plan === 'same') {
      since ??= Date.now();
      if (Date.now() - since >= stable * 1000)
        return { result: again.result, notes: again.notes ?? [] };
    } else {
      since = undefined;
      if (Date.now() >= deadline) return { failure: notReached(again) };
    }
    await pause(settlePause, environment.options.hard);
    timePassed(target.link, environment.clock);
    waited = true;
  }
}

function notReached(again: Change<unknown> | Action<unknown>): {
  message: string;
  details: readonly string[];
} {
  const shown = (again.differences ?? []).map((difference) =>
    difference.secret ? { ...difference, from: hidden, to: hidden } : difference,
  );
  const lines = shown.map(({ what, from, to }) => `${what} is ${show(from)}, not ${show(to)}`);
  const first = shown[0];
  const still = first ? `${first.what} is still ${show(first.from)}` : 'it is not as wanted';
  return { message: `applied, but ${still}`, details: [...lines, ...(again.notes ?? [])] };
}

const redactor = new Redactor(() => []);
const show = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(redactor.data(value)) ?? 'absent');

/** @throws UnreachableError */
export async function applyAction(
  target: Target,
  asked: Asked,
  plan: Action<unknown>,
): Promise<Attempt> {
  const timeout = timeoutOf(target, plan.timeout);
  if (plan.onController) return actOnController(target, plan, plan.onController, timeout);
  const base = stepRequest(target, timeout);
  const request: StepRequest = {
    ...base,
    script: plan.script,
    environment: { ...base.environment, ...plan.environment },
    ...(plan.directory === undefined ? {} : { directory: plan.directory }),
    ...(plan.stdin === undefined ? {} : { stdin: plan.stdin }),
    ...(plan.ownLocale === undefined ? {} : { ownLocale: plan.ownLocale }),
  };
  const reply = plan.parts
    ? await sendParts(target, request, plan, plan.parts)
    : await sendAct(target, asked, request, plan);
  if (!reply) return lostAct(target, plan);
  const output = outputOf(reply);
  const shown = { differences: plan.differences ?? [], notes: plan.notes };
  const why = failedWhy(plan, output, reply);
  if (why !== undefined && plan.parts) {
    plan.parts.abandon();
    return {
      outcome: 'failed',
      ...shown,
      failure: commandFailure(why.message, plan, reply),
    };
  }
  const result = plan.result(output) as Record<string, unknown>;
  // Only now the file of the controller has got its name.
  if (plan.parts) target.link.state.changed(alterationOf(target, plan.invalidates));
  if (why !== undefined) {
    const failure = commandFailure(why.message, plan, reply);
    return { outcome: 'failed', result: { ...result, changed: true }, ...shown, failure };
  }
  const missing = await postcondition(target, plan);
  if (missing !== undefined) {
    const failure = { message: `done, but ${missing}`, stderr: output.stderr };
    return { outcome: 'failed', result: { ...result, changed: true }, ...shown, failure };
  }
  const changed = plan.changed?.(output) ?? true;
  return { outcome: changed ? 'changed' : 'ok', result: { ...result, changed }, ...shown };
}

function failedWhy(
  plan: Action<unknown>,
  output: Output,
  reply: Reply,
): { readonly message: string | undefined } | undefined {
  if (reply.timedOut) return { message: undefined };
  if (!plan.failed) return output.code === 0 ? undefined : { message: undefined };
  const message = plan.failed(output);
  return message === undefined ? undefined : { message };
}

const outputOf = ({ code, stdout, stderr }: Reply): Output => ({
  code,
  stdout: stdout.toString('utf8'),
  stderr: stderr.toString('utf8'),
});

/** @returns the reply to the last part, or to the one that failed */
async function sendParts(
  target: Target,
  first: StepRequest,
  { invalidates }: Action<unknown>,
  { next, abandon }: NonNullable<Action<unknown>['parts']>,
): Promise<Reply> {
  const { link, become } = target;
  const alters = alterationOf(target, invalidates);
  try {
    for (let request = first; ;) {
      const part = { request, alters };
      const plan = { become, own: [], ahead: [], facts: false, first: part };
      const reply = replyOf(await sendBatch(link, plan));
      const script = reply.code === 0 && !reply.timedOut ? next(outputOf(reply)) : undefined;
      if (!script) return reply;
      request = { ...first, script };
    }
  } catch (error) {
    abandon();
    throw error;
  }
}

/** Undefined: the connection was lost and nobody knows how the action ended. */
async function sendAct(
  target: Target,
  asked: Asked,
  request: StepRequest,
  plan: Action<unknown>,
): Promise<Reply | undefined> {
  const nothing: Reply = {
    code: 0,
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
    timedOut: false,
    truncated: false,
  };
  try {
    return await send(target, asked, request, {
      invalidated: plan.invalidates ?? 'everything',
      long: true,
      askedLater: askedByPostcondition(target, plan),
    });
  } catch (error) {
    if (plan.reboots) {
      if (!(error instanceof ConnectionLost || error instanceof UnreachableError)) throw error;
      await comeBack(target, plan.reboots.within);
      return nothing;
    }
    if (!(error instanceof ConnectionLost)) throw error;
    const records = await (await target.link.session(target.become)).records();
    const recorded = records.get(request.id);
    if (recorded) return recorded;
    if (target.node.task.options.rerunnable) throw error;
    return undefined;
  }
}

function lostAct(target: Target, plan: Action<unknown>): Attempt {
  return {
    outcome: 'failed',
    failure: {
      message: 'outcome unknown: the connection was lost while it ran, and it left no record',
      hint: 'check the host; `rerunnable: true` repeats a task that may run twice',
      ...(plan.command === undefined ? { script: plan.script.text } : { command: plan.command }),
      at: target.node.task.at,
    },
  };
}

async function comeBack(target: Target, within: number): Promise<void> {
  const deadline = Date.now() + within * 1000;
  for (;;) {
    try {
      const lost = new UnreachableError(
        `${target.link.name} did not come back within ${Math.round(within)} s`,
      );
      await target.link.reconnect(target.become, lost);
      return;
    } catch (error) {
      if (!(error instanceof UnreachableError) || Date.now() >= deadline) throw error;
      await pause(1, target.host.batch.environment.options.hard);
    }
  }
}

async function postcondition(target: Target, plan: Action<unknown>): Promise<string | undefined> {
  if (!plan.until) return undefined;
  const { atMost, missing } = plan.until;
  const { link, become } = target;
  const { environment } = target.host.batch;
  const reads = inTaskEnvironment(target, plan.until.reads);
  const user = userKey(become);
  const deadline = Date.now() + atMost * 1000;
  for (;;) {
    const since = link.state.now;
    const answered = await sendAgain(target, plan, reads, deadline);
    const answers = reads.map((read) => {
      const known = link.state.get(user, read, since);
      if (known && known.answer !== 'unknown') return known;
      return { answer: 'denied' as const, why: answered.failed.get(read.id) ?? 'no answer' };
    });
    const why = missing(answers);
    if (why === undefined || Date.now() >= deadline) return why;
    await pause(settlePause, environment.options.hard);
    timePassed(link, environment.clock);
  }
}

/** A restart may well cut the line only while its end is awaited. */
async function sendAgain(
  target: Target,
  plan: Action<unknown>,
  reads: readonly Read<unknown>[],
  deadline: number,
): Promise<BatchAnswers> {
  const { link, become } = target;
  const alone = { become, own: reads, ahead: [], facts: false };
  for (;;) {
    try {
      return await sendBatch(link, { ...alone, limit: timeoutOf(target) });
    } catch (error) {
      const lost = error instanceof ConnectionLost || error instanceof UnreachableError;
      if (!plan.reboots || !lost || Date.now() >= deadline) throw error;
      await comeBack(target, (deadline - Date.now()) / 1000);
    }
  }
}

function askedByPostcondition(target: Target, { until }: Action<unknown>): ReadonlySet<string> {
  const reads = inTaskEnvironment(target, until?.reads ?? []);
  return new Set(reads.filter(({ reader }) => reader.last).map(({ id }) => id));
}

function inTaskEnvironment(target: Target, reads: readonly Read<unknown>[]) {
  const { node, prepared } = target;
  if (Object.keys(node.options.environment).length === 0) return reads;
  const environment = plainEnvironment(node, prepared.want);
  return reads.map((read) => inEnvironment(read, environment));
}

interface Sent {
  readonly invalidated: Invalidates;
  readonly long: boolean;
  /** Ids of the step's own reads that its postcondition asks: a user's command is asked once. */
  readonly askedLater?: ReadonlySet<string>;
}

/** One write: the step, its own reads anew, and what follows and was made stale. */
async function send(
  target: Target,
  asked: Asked,
  request: StepRequest,
  { invalidated, long, askedLater }: Sent,
): Promise<Reply> {
  const { host, node, link, become } = target;
  const all = ownReads(asked.reads);
  const own = all.filter(({ id }) => !askedLater?.has(id));
  const invalidates: Invalidates =
    invalidated === 'everything'
      ? invalidated
      : { ...invalidated, reads: [...(invalidated.reads ?? []), ...all] };
  link.state.drop(invalidates);
  const alters = alterationOf(target, invalidates);
  const { hosts } = host.batch;
  // Others do the same now, and what they reach would be asked again behind them.
  const crowd = alters.everywhere && hosts.length > 1;
  const known = invalidates === 'everything' ? 'nothing' : 'the rest';
  const upcoming = link === host.link && !crowd ? await host.upcoming(node, known) : [];
  const same = upcoming.find((group) => userKey(group.become) === userKey(become))?.reads ?? [];
  // What runs the user's commands would be stale again at the next apply: it costs time for nothing.
  const ahead = same.filter((read) => !read.reader.last);
  const live = liveOf(target, long);
  const first = { request: { ...request, ...(live && { onOutput: live.onOutput }) }, alters };
  try {
    const limit = timeoutOf(target);
    return replyOf(await sendBatch(link, { become, own, ahead, facts: false, first, limit }));
  } finally {
    live?.end();
  }
}

function replyOf({ first }: BatchAnswers): Reply {
  if (!first) throw new Error('the step has no reply');
  return first;
}

/** Undefined where nobody sees what the step prints before it has ended. */
function liveOf({ host, node }: Target, long: boolean): LiveOutput | undefined {
  const { options, emit } = host.batch.environment;
  if (node.options.secret || options.liveOutput === false) return undefined;
  if (options.liveOutput === true) return liveOutput(host.name, node, emit);
  return long ? liveOutput(host.name, node, emit, longAfter) : undefined;
}

function stepRequest(target: Target, timeout: number): Omit<StepRequest, 'script'> {
  const { node, stepId } = target;
  return {
    kind: 'step',
    id: stepId,
    environment: plainEnvironment(node, target.prepared.want),
    timeout,
  };
}
