/** Kinds of arguments that several modules take. */
import { z } from 'zod';
import { leadsUp } from '../../module/host-path.ts';
import type { Text } from '../../module/module.ts';
import { isSecret, reveal, type Secret } from '../../secrets/secret.ts';
import { isContent, type Content } from '../../shell/content.ts';
import type { Script } from '../../shell/script.ts';

/** A Secret, as an argument. */
export const secretValue = z.custom<Secret>(isSecret, 'expected a text or a secret');

/** Text that may be secret. */
export const textValue = z.union([z.string(), secretValue]);

/** Text or bytes that are sent to the host. */
export const contentValue = z.union([
  z.string(),
  secretValue,
  z.custom<Content>(isContent, 'expected a text, a secret or a content').meta({ title: 'Content' }),
]);

/** A shell script: text, or what the tagged `sh` makes. */
export const scriptValue = z.union([
  z.string().min(1),
  z.custom<Script>(isScript, 'expected a text or a script').meta({ title: 'Script' }),
]);

/** A path on the host that starts at the root. */
export const absolutePath = z
  .string()
  .regex(/^\//, 'must be an absolute path')
  .refine((path) => !path.includes('\0'), 'must not hold a NUL byte')
  .refine((path) => !leadsUp(path), "must not hold '..'");

export function isScript(value: unknown): value is Script {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'script';
}

/** The plain text, for what is sent to the host. */
export const plain = (text: Text): string => (isSecret(text) ? reveal(text) : text);

/** A command as people may see it. */
export const shown = (argv: readonly Text[]): string =>
  argv
    .map((word) => (isSecret(word) ? '***' : word))
    .map((word) => (/^[\w@%+=:,./*-]+$/.test(word) ? word : JSON.stringify(word)))
    .join(' ');
