/** Module `privateKey`: a key alone, made once. */
import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import type { PlanContext } from '../../module/module.ts';
import { change, same, type Plan } from '../../module/plan.ts';
import { keyText, keyTypeOf, keyTypes, newKey, parseKey } from '../../pki/key.ts';
import { reveal, type Secret } from '../../secrets/secret.ts';
import { ownedWithin } from '../shared/account-references.ts';
import { absolutePath } from '../shared/argument.ts';
import { attributeArgs } from '../shared/attributes.ts';
import { modeSchema } from '../shared/mode.ts';
import {
  attributesOff,
  fileReads,
  isRewritten,
  putTogether,
  textNow,
  type FileNow,
  type PutPart,
} from '../shared/put-together.ts';

const args = z.strictObject({
  path: absolutePath.describe('the private key on the host'),
  publicPath: absolutePath.optional().describe('also write its public key to this file, as PEM'),
  type: z.enum(keyTypes).default('p256').describe('kind of the key'),
  owner: attributeArgs.owner,
  group: attributeArgs.group,
  mode: modeSchema.default('0600').describe('permissions of the private key'),
  publicMode: modeSchema.default('0644').describe('permissions of the public key'),
});

interface Prepared {
  readonly want: z.output<typeof args>;
  /** The key that is put there if none is: the same however often it is planned. */
  readonly fresh: () => Secret;
}

export interface PrivateKeyResult {
  readonly path: string;
  readonly type: string;
  /** PEM. */
  readonly publicKey: string;
}

export const privateKey = defineModule({
  name: 'privateKey',
  summary: 'Creates a private key unless there is one of this kind.',
  args,
  example: `privateKey('key for signing', {
  path: '/etc/app/signing.key',
  publicPath: '/etc/app/signing.pub',
})`,
  returns: { path: 'the private key', type: 'its kind', publicKey: 'PEM of the public key' },
  mistakes: ({ path, publicPath }) =>
    path === publicPath ? ['path and publicPath must differ'] : [],
  async prepare(want): Promise<Prepared> {
    let made: Secret | undefined;
    return { want, fresh: () => (made ??= keyText(newKey(want.type))) };
  },
  ...ownedWithin,
  reads({ want }: Prepared) {
    const own = fileReads(want.path);
    const other = want.publicPath === undefined ? undefined : fileReads(want.publicPath);
    return {
      file: own.file,
      text: own.text,
      parent: own.parent,
      ...(other && { publicFile: other.file, publicText: other.text, publicParent: other.parent }),
    };
  },
  plan: (prepared, is, on) =>
    planKey(
      prepared,
      is,
      { file: is.publicFile, text: is.publicText, parent: is.publicParent },
      on,
    ),
});

function planKey(
  { want, fresh }: Prepared,
  is: FileNow,
  other: FileNow,
  on: PlanContext,
): Plan<PrivateKeyResult> {
  const text = textNow(want.path, is);
  const there = text === undefined ? undefined : parseKey(text);
  const kind = there && keyTypeOf(there);
  const pem = text !== undefined && kind === want.type ? text : reveal(fresh());
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
  const { owner, group, mode, publicMode, path, publicPath } = want;
  const own: PutPart = {
    want: { owner, group, mode, newMode: mode, path, content: pem, secret: true },
    is,
  };
  const whole = { owner, group, mode: publicMode, newMode: publicMode, secret: false };
  const parts =
    publicPath === undefined
      ? [own]
      : [own, { want: { ...whole, path: publicPath, content: publicKey }, is: other }];
  const isNew = isRewritten(own);
  const from = text === undefined ? 'absent' : (kind ?? 'not a private key');
  const differences = [
    ...(isNew ? [{ what: 'key', from, to: `new ${want.type} key` }] : []),
    ...parts
      .filter((part) => part !== own && !isNew && isRewritten(part))
      .map((part) => ({ what: part.want.path, from: 'another', to: 'public key' })),
    ...parts.flatMap((part) =>
      attributesOff(part).map((each) => ({ ...each, what: `${each.what} of ${part.want.path}` })),
    ),
  ];
  const result = { path, type: want.type, publicKey };
  if (differences.length === 0) return same(result);
  return change({ differences, ...putTogether(parts, on.facts.user), result });
}
