/** What a module that edits a file makes of a text: applied for real, and again for nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { z } from 'zod';
import type { ModuleConstructor } from '../../engine/dsl/define-module.ts';
import type { Reads } from '../../engine/module/module.ts';
import { TestHost, type HostOptions } from '../../engine/testing.ts';
import { folder } from '../readers/asking.ts';

/**
 * Writes `before`, applies the step twice, and returns what the file holds then.
 * @param before undefined: the file is not there
 */
export async function edited<S extends z.ZodType, W, Rs extends Reads, R>(
  module: ModuleConstructor<S, W, Rs, R>,
  before: string | Buffer | undefined,
  args: Omit<z.input<S>, 'path'>,
  options: HostOptions = {},
): Promise<Buffer> {
  const path = `${folder()}/file`;
  if (before !== undefined) writeFileSync(path, before);
  const host = new TestHost(options);
  const want = { path, ...args } as z.input<S>;
  const { changed } = await host.apply(module, want);
  const after = readFileSync(path);
  expect(changed).toBe(before === undefined || !after.equals(Buffer.from(before)));
  expect((await host.apply(module, want)).changed).toBe(false);
  return after;
}

/** The mistake that a plan of this text ends with. */
export async function refusal<S extends z.ZodType, W, Rs extends Reads, R>(
  module: ModuleConstructor<S, W, Rs, R>,
  before: string | Buffer,
  args: Omit<z.input<S>, 'path'>,
): Promise<string> {
  const path = `${folder()}/file`;
  writeFileSync(path, before);
  try {
    await new TestHost().plan(module, { path, ...args } as z.input<S>);
  } catch (error) {
    return error instanceof Error ? error.message.replace(path, 'FILE') : String(error);
  }
  return 'planned';
}
