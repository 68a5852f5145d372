/** The public API. Re-exports only; `test/exports.test.ts` keeps the list. */
export { z } from 'zod';
export type { Command, CommandContext } from './cli/command.ts';
export { defineCommand } from './cli/define-command.ts';
export type { PlayConfig } from './cli/config.ts';
export type { Flag } from './cli/flags.ts';
export {
  block,
  choose,
  each,
  flushHandlers,
  handler,
  once,
  play,
  playbook,
  role,
} from './dsl/declare.ts';
export { defineModule, type LazyArgs, type ModuleConstructor } from './dsl/define-module.ts';
export { variables } from './dsl/variables.ts';
export type { Order, Play, PlayConnection, PlayDefinition, Playbook, Serial } from './dsl/play.ts';
export type {
  Block,
  BlockOptions,
  Context,
  ContextOf,
  Each,
  EachOptions,
  Gather,
  Handler,
  Lazy,
  Options,
  Result,
  Role,
  RoleDefinition,
  RoleOptions,
  RoleValue,
  Run,
  Step,
  Task,
  TaskOptions,
  WithFacts,
} from './dsl/task.ts';
export {
  formatError,
  ManyErrors,
  PlaybookError,
  PlayError,
  StepError,
  UsageError,
} from './errors.ts';
export type { HostView, InventoryView } from './inventory/view.ts';
export { byScript, type Alteration, type Write } from './module/alteration.ts';
export type { Facts } from './module/facts.ts';
export { filesFrom, type FileSource, type SourceFile } from './module/file-source.ts';
export type {
  Controller,
  Known,
  ModuleDefinition,
  PlanContext,
  Reads,
  Values,
} from './module/module.ts';
export * from './module/plan.ts';
export { readTar, type TarMember } from './module/read-tar.ts';
export {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderDefinition,
  type ReaderOutput,
} from './module/reader.ts';
export * from './modules/index.ts';
export * as readers from './readers/index.ts';
export * as toolkit from './modules/toolkit.ts';
export type { Authority } from './pki/authority.ts';
export { openStore, type KeyPair, type PkiStore } from './pki/store.ts';
export { derivedSecret } from './secrets/derived.ts';
export { secretText, secretTextThat } from './secrets/schema.ts';
export { isSecret, Secret, secret } from './secrets/secret.ts';
export { contentOf, type Content } from './shell/content.ts';
export { fileContent } from './shell/file-content.ts';
export { quote } from './shell/quote.ts';
export { joinScripts, rawScript, sh, type Script } from './shell/script.ts';
export { text } from './template/text.ts';
