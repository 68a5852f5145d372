/** What a module that edits a file makes of a text: planned, or applied for real. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { ModuleConstructor } from '../../engine/dsl/define-module.ts';
import type { Reads } from '../../engine/module/module.ts';
import type { Plan } from '../../engine/module/plan.ts';
import type { EditNow } from '../../engine/modules/shared/edit-file.ts';
import { freshFile } from '../../engine/modules/shared/file-result.ts';
import { textValue, type TextValue } from '../../engine/readers/files/text.ts';
import { TestHost, type HostOptions } from '../../engine/testing.ts';
import { folder } from '../readers/asking.ts';
import { context, mistakes, wanted } from './planning.ts';

const root = { name: 'root', uid: 0, home: '/root' };

/** Reads of a file with this content, in a folder that is there. */
export function holding(content: string | Buffer | undefined): EditNow {
  const parent = freshFile({ type: 'directory', mode: '0755' }, root);
  if (content === undefined) return { parent, file: undefined, text: undefined };
  const bytes = Buffer.from(content);
  const file = freshFile({ type: 'file', mode: '0644', size: bytes.length }, root);
  return { parent, file, text: textValue(bytes) };
}

type Editing<S extends z.ZodType, Rs extends Reads, R> = ModuleConstructor<S, z.output<S>, Rs, R>;
type Arguments<S extends z.ZodType> = Omit<z.input<S>, 'path'>;

const path = '/etc/file';

/** What the module plans for a file with this content. */
export function planOf<S extends z.ZodType, Rs extends Reads, R>(
  module: Editing<S, Rs, R>,
  content: string | Buffer | undefined,
  args: Arguments<S>,
): Plan<R> {
  const want = { path, ...args } as z.input<S>;
  const wrong = mistakes(module, want);
  if (wrong.length > 0) throw new Error(wrong.join('; '));
  const is = holding(content) as Parameters<typeof module.definition.plan>[1];
  return module.definition.plan(wanted(module, want), is, context);
}

/** What the file holds afterwards; planned again for that, the module is content. */
export function edited<S extends z.ZodType, Rs extends Reads, R>(
  module: Editing<S, Rs, R>,
  before: string | Buffer | undefined,
  args: Arguments<S>,
): Buffer {
  const plan = planOf(module, before, args);
  if (plan.plan !== 'change') return Buffer.from(before ?? '');
  const text = plan.after.find(({ read }) => read.id === `text ${JSON.stringify(path)}`);
  if (text?.answer.answer !== 'value') throw new Error('the content is not predicted');
  const after = text.answer.value as TextValue;
  if (after.kind !== 'text') throw new Error(`the content is ${after.kind}`);
  expect(after.bytes.equals(Buffer.from(before ?? '')) && before !== undefined).toBe(false);
  expect(planOf(module, after.bytes, args).plan).toBe('same');
  return after.bytes;
}

/** The same with a real file, applied twice. */
export async function applied<S extends z.ZodType, W, Rs extends Reads, R>(
  module: ModuleConstructor<S, W, Rs, R>,
  before: string | undefined,
  args: Arguments<S>,
  options: HostOptions,
): Promise<string> {
  const real = `${folder()}/file`;
  if (before !== undefined) writeFileSync(real, before);
  const host = new TestHost(options);
  const want = { path: real, ...args } as z.input<S>;
  expect((await host.apply(module, want)).changed).toBe(true);
  expect((await host.apply(module, want)).changed).toBe(false);
  return readFileSync(real, 'utf8');
}

/** The mistake that a plan of this text ends with. */
export function refusal<S extends z.ZodType, Rs extends Reads, R>(
  module: Editing<S, Rs, R>,
  before: string | Buffer,
  args: Arguments<S>,
): string {
  try {
    planOf(module, before, args);
  } catch (error) {
    return error instanceof Error ? error.message.replace(path, 'FILE') : String(error);
  }
  return 'planned';
}
