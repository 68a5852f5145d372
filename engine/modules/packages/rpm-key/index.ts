/** Module `rpmKey`: a public key that rpm takes packages from. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import { change, predict, same } from '../../../module/plan.ts';
import { value } from '../../../module/reader.ts';
import { rpmKeys } from '../../../readers/packages/rpm-keys.ts';
import { contentOf, isContent, type Content } from '../../../shell/content.ts';
import { joinScripts, sh } from '../../../shell/script.ts';
import { fingerprintsOf } from './openpgp.ts';

const args = z.strictObject({
  key: z
    .union([
      z.string().min(1),
      z.custom<Content>(isContent, 'expected a text or a content').meta({ title: 'Content' }),
    ])
    .optional()
    .describe('the public key, as text or bytes'),
  src: z.string().min(1).optional().describe('the key as a local file, looked up in files/'),
  fingerprint: z
    .string()
    .regex(/^([0-9A-Fa-f]{4} *){2,}$/, 'must be hexadecimal')
    .optional()
    .describe('fingerprint of the key; with state absent it is enough'),
  state: z.enum(['present', 'absent']).default('present').describe('whether it should exist'),
});

interface Prepared {
  readonly state: 'present' | 'absent';
  readonly content: Content | undefined;
  /** Lower-case hex. */
  readonly fingerprints: readonly string[];
}

export interface RpmKeyResult {
  readonly fingerprints: readonly string[];
}

export const rpmKey = defineModule({
  name: 'rpmKey',
  summary: 'Manages a public key in the database of rpm.',
  args,
  example: `rpmKey('of the packages', { src: 'RPM-GPG-KEY-example' })`,
  returns: { fingerprints: 'of the keys, in lower-case hex' },
  mistakes(want) {
    if (want.key !== undefined && want.src !== undefined) return ['give key or src, not both'];
    if (want.key !== undefined || want.src !== undefined) return [];
    if (want.state === 'absent' && want.fingerprint !== undefined) return [];
    return [want.state === 'absent' ? 'give key, src or fingerprint' : 'give key or src'];
  },
  async prepare(want, controller): Promise<Prepared> {
    const { state, fingerprint, key, src } = want;
    const told = fingerprint?.replaceAll(' ', '').toLowerCase();
    if (key === undefined && src === undefined) {
      return { state, content: undefined, fingerprints: told === undefined ? [] : [told] };
    }
    const given = key === undefined ? await controller.file(src ?? '') : key;
    const content = isContent(given) ? given : contentOf(given);
    const fingerprints = fingerprintsOf(content.bytes ?? Buffer.alloc(0));
    if (fingerprints.length === 0) throw new StepError(`${src ?? 'key'} holds no public key`);
    if (told !== undefined && !fingerprints.some((each) => each.endsWith(told))) {
      throw new StepError(
        `${src ?? 'key'} has the fingerprint ${fingerprints.join(', ')}, not ${told}`,
      );
    }
    return { state, content, fingerprints };
  },
  reads: () => ({ keys: rpmKeys('all') }),
  plan(want: Prepared, is) {
    const has = is.keys ?? [];
    const { fingerprints } = want;
    const isThere = (of: string): boolean => has.some((id) => of.endsWith(id) || id.endsWith(of));
    const present = want.state === 'present';
    const wrong = fingerprints.filter((each) => isThere(each) !== present);
    if (wrong.length === 0) return same<RpmKeyResult>({ fingerprints });
    const ids = has.filter((id) => wrong.some((each) => each.endsWith(id) || id.endsWith(each)));
    return change<RpmKeyResult>({
      differences: wrong.map((each) => ({
        what: `key ${each.slice(-16)}`,
        from: present ? 'absent' : 'present',
        to: present ? 'present' : 'absent',
      })),
      alters: [
        byScript('package', present && want.content ? importing(want.content) : removing(ids)),
      ],
      after: [
        predict(
          rpmKeys('all'),
          value(
            present
              ? [...has, ...wrong.map((each) => each.slice(-8))]
              : has.filter((id) => !ids.includes(id)),
          ),
        ),
      ],
      invalidates: { paths: ['/var/lib/rpm/', '/usr/lib/sysimage/rpm/'] },
      result: { fingerprints },
    });
  },
});

const importing = (content: Content) => sh`file=$(mktemp) || exit
trap 'rm -f -- "$file"' 0
${content} >"$file" || exit
rpm --import "$file"`;

const removing = (ids: readonly string[]) =>
  joinScripts(ids.map((id) => sh`rpm -e --allmatches -- ${`gpg-pubkey-${id}`} || exit`));
