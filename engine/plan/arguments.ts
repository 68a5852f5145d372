/** Arguments against the module's schema: at collect where nothing is lazy, else at the step. */
import { z } from 'zod';
import type { Task } from '../dsl/task.ts';
import { didYouMean } from '../did-you-mean.ts';
import { PlaybookError, type Place } from '../errors.ts';
import { isSecret } from '../secrets/secret.ts';
import { areAlike, copyOfData } from './alike.ts';

/**
 * Checks what can be checked before the run.
 * @returns the parsed arguments when none is lazy
 * @throws PlaybookError at the task's place
 */
export function checkArguments(task: Task<unknown>): { readonly value: unknown } | undefined {
  const lazy = Object.entries(task.args).filter(([, argument]) => typeof argument === 'function');
  if (lazy.length === 0) return checkedOnce(task);
  checkKnownFields(task, new Set(lazy.map(([name]) => name)));
  return undefined;
}

interface Checked {
  readonly module: Task<unknown>['module'];
  readonly args: unknown;
  readonly want: { readonly value: unknown };
}

/** By where and how a task is declared: most arguments are the same for every host. */
const checked = new WeakMap<Place, Map<string, Checked>>();

function checkedOnce(task: Task<unknown>): { readonly value: unknown } {
  const here = checked.get(task.at) ?? new Map<string, Checked>();
  const before = here.get(task.name);
  if (before?.module === task.module && areAlike(before.args, task.args)) return before.want;
  const args = copyOfData(task.args);
  const want = { value: parseArguments(task, task.args) };
  checked.set(task.at, here.set(task.name, { module: task.module, args, want }));
  return want;
}

/** Parses arguments whose lazy values were evaluated. @throws PlaybookError at the task's place */
export function parseArguments(
  task: Task<unknown>,
  args: Readonly<Record<string, unknown>>,
): unknown {
  const parsed = task.module.args.safeParse(args);
  if (!parsed.success) throw argumentError(task, parsed.error.issues, args);
  const mistakes = task.module.mistakes?.(parsed.data) ?? [];
  if (mistakes.length > 0) {
    throw new PlaybookError(`${title(task)}: ${mistakes.join('; ')}`, { at: task.at });
  }
  return parsed.data;
}

/** Of arguments that are not all known, those that are right, parsed. */
export function parseKnown(
  task: Task<unknown>,
  known: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  if (!(task.module.args instanceof z.ZodObject)) return {};
  const shape: Readonly<Record<string, z.core.$ZodType>> = task.module.args.shape;
  const parsed = Object.entries(known).flatMap(([name, argument]) => {
    const field = shape[name];
    const value = field && z.safeParse(field, argument);
    return value?.success === true ? [[name, value.data] as const] : [];
  });
  return Object.fromEntries(parsed);
}

function checkKnownFields(task: Task<unknown>, lazy: ReadonlySet<string>): void {
  if (!(task.module.args instanceof z.ZodObject)) return;
  const shape: Readonly<Record<string, z.core.$ZodType>> = task.module.args.shape;
  for (const [name, argument] of Object.entries(task.args)) {
    const field = shape[name];
    if (field === undefined) {
      throw argumentError(task, [{ code: 'unrecognized_keys', keys: [name], path: [] }], task.args);
    }
    if (lazy.has(name)) continue;
    const parsed = z.safeParse(field, argument);
    if (parsed.success) continue;
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
    throw argumentError(task, issues, task.args);
  }
}

const title = (task: Task<unknown>): string => `${task.module.name} '${task.name}'`;

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message?: string;
  readonly keys?: readonly string[];
}

function argumentError(
  task: Task<unknown>,
  issues: readonly Issue[],
  args: Readonly<Record<string, unknown>>,
): PlaybookError {
  const lines = issues.map((issue) => describeIssue(task, issue, args));
  const at = task.at;
  const hint = issues.some((issue) => isStrange(task, issue))
    ? { hint: `${task.module.name} takes ${namesOf(task).join(', ')}` }
    : {};
  return new PlaybookError(`${title(task)}: ${lines.join('; ')}`, { at, ...hint });
}

/** An argument that is not like any: all are named, so that one can be chosen. */
const isStrange = (task: Task<unknown>, { code, keys = [] }: Issue): boolean =>
  code === 'unrecognized_keys' && keys.some((key) => !didYouMean(key, namesOf(task)));

const namesOf = ({ module }: Task<unknown>): readonly string[] =>
  module.args instanceof z.ZodObject ? Object.keys(module.args.shape) : [];

function describeIssue(
  task: Task<unknown>,
  issue: Issue,
  args: Readonly<Record<string, unknown>>,
): string {
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    const known = namesOf(task);
    return issue.keys
      .map((key) => {
        const near = didYouMean(key, known);
        return `unknown argument '${key}'${near ? `, did you mean '${near}'?` : ''}`;
      })
      .join('; ');
  }
  const path = issue.path.map(String).join('.');
  const got = issue.path.length === 1 ? args[String(issue.path[0])] : undefined;
  const shown =
    got === undefined || isSecret(got) || typeof got === 'object'
      ? ''
      : ` (got ${JSON.stringify(got)})`;
  return `${path === '' ? '' : `${path}: `}${issue.message ?? 'invalid'}${shown}`;
}
