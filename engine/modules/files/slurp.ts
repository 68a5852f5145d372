/** Module `slurp`: the content of a small file of the host, as a result. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import { StepError } from '../../errors.ts';
import { same } from '../../module/plan.ts';
import { text, textLimit } from '../../readers/files/text.ts';
import { secret, type Secret } from '../../secrets/secret.ts';
import { absolutePath } from '../shared/argument.ts';

export interface SlurpResult {
  /** The content as UTF-8; empty where it is something else, or secret. */
  readonly text: string;
  /** Every byte; empty where it is secret. */
  readonly base64: string;
  /** With `secret`: the content, which is never shown. */
  readonly secret: Secret | undefined;
  /** Bytes. */
  readonly size: number;
  /** sha256. */
  readonly digest: string;
}

export const slurp = defineModule({
  name: 'slurp',
  onlyAsks: true,
  summary: 'Reads a small file of the host; fetch brings large ones to the controller.',
  args: z.strictObject({
    path: absolutePath.describe('the file; links are followed'),
    secret: z.boolean().default(false).describe('treat the content as a secret; it must be UTF-8'),
  }),
  example: `slurp('join token', { path: '/etc/cluster/token', secret: true })`,
  returns: {
    text: 'the content; empty where it is not UTF-8, or secret',
    base64: 'every byte; empty where it is secret',
    secret: 'with secret: the content as a Secret',
    size: 'bytes',
    digest: 'sha256',
  },
  reads: (want) => ({ text: text(want.path) }),
  plan(want, is) {
    if (is.text === undefined) throw new StepError(`${want.path} is not there`);
    if (is.text.kind === 'not a file') throw new StepError(`${want.path} is not a file`);
    if (is.text.kind === 'too large') {
      throw new StepError(`${want.path} has more than ${textLimit} bytes`, {
        hint: 'fetch brings it to the controller',
      });
    }
    const { bytes, size, digest } = is.text;
    const decoded = bytes.toString('utf8');
    const isText = Buffer.from(decoded).equals(bytes);
    if (!want.secret) {
      const base64 = bytes.toString('base64');
      const plain = isText ? decoded : '';
      return same<SlurpResult>({ text: plain, base64, secret: undefined, size, digest });
    }
    if (!isText) throw new StepError(`${want.path} is not UTF-8, so it cannot be a Secret`);
    return same<SlurpResult>({ text: '', base64: '', secret: secret(decoded), size, digest });
  },
});
