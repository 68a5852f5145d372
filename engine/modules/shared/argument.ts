/** Kinds of arguments that several modules take. */
import { z } from 'zod';
import { leadsUp } from '../../module/host-path.ts';
import type { Text } from '../../module/module.ts';
import { isSecret, reveal, type Secret } from '../../secrets/secret.ts';
import { isContent, type Content } from '../../shell/content.ts';
import type { Script } from '../../shell/script.ts';

/** Schema of an argument that is a Secret. */
export const secretValue = z.custom<Secret>(isSecret, 'expected a text or a secret');

/** Schema of an argument that is text, or a Secret. */
export const textValue = z.union([z.string(), secretValue]);

/** Schema of an argument that is sent to the host: text, a Secret, or a Content. */
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

/** Schema of a path on the host that starts at the root, without `..` and NUL. */
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
