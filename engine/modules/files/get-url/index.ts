/** Module `getUrl`: a file of a web server is on the host. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { StepError } from '../../../errors.ts';
import { byScript } from '../../../module/alteration.ts';
import { scriptOf } from '../../../module/compose/compose.ts';
import type { Controller, Known, PlanContext } from '../../../module/module.ts';
import { action, change, predict, same, unpredictable } from '../../../module/plan.ts';
import type { Difference, Plan, Prediction } from '../../../module/plan.ts';
import { value } from '../../../module/reader.ts';
import { file, type FileValue } from '../../../readers/files/file.ts';
import { text } from '../../../readers/files/text.ts';
import type { Content } from '../../../shell/content.ts';
import { ownedFile } from '../../shared/account-references.ts';
import { attributeDifferences, predictAttributes, setAttributes } from '../../shared/attributes.ts';
import {
  fileResult,
  fileReturns,
  freshFile,
  predictFollowed,
  type FileResult,
} from '../../shared/file-result.ts';
import { fetchScript } from './script.ts';
import { httpTarget, toRequest } from '../../shared/http-target.ts';
import { resolveMode } from '../../shared/mode.ts';
import { parentOf, requireFolder } from '../../shared/parent.ts';
import { destOf, planPut, putArgs, putReads, type PutReads } from '../../shared/put-file.ts';

const { requestTimeout: _requestTimeout, ...target } = httpTarget;

const args = z.strictObject({
  ...target,
  ...putArgs,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
    .optional()
    .describe('checksum of the file; an equal file is not fetched again'),
  refresh: z
    .boolean()
    .default(false)
    .describe('without sha256: also fetch a file that exists, and write it only if it differs'),
  from: z
    .enum(['host', 'controller'])
    .default('host')
    .describe(
      'which machine fetches it: the host by curl or wget, or the controller, which sends it to the host',
    ),
  timeout: z
    .int()
    .min(1)
    .max(3600)
    .default(30)
    .describe('seconds to connect, and for which the download may stall'),
});

type Arguments = z.output<typeof args>;

interface Prepared extends Omit<Arguments, 'dest'> {
  readonly dest: string;
  readonly diff: boolean;
  /** From the controller. */
  readonly content?: Content;
}

export const getUrl = defineModule({
  name: 'getUrl',
  summary: 'Downloads a file over HTTP, resumes a broken download, checks its sha256.',
  args,
  example: `getUrl('the node exporter', {
  url: 'https://example.org/node_exporter-1.8.1.tar.gz',
  dest: '/opt/node_exporter-1.8.1.tar.gz',
  sha256: 'a2e0e1e9b8ba3ed6ae1ca2fb9ec3cbd2cd1ec8b1dfd9d5ac5dcd9a4ef9f7c10d',
})`,
  returns: fileReturns,
  mistakes(want) {
    const found: string[] = [];
    if (want.sha256 !== undefined && want.refresh) {
      found.push('with sha256 the file is right or fetched: refresh has no meaning');
    }
    if (want.from === 'controller') {
      if (want.sha256 === undefined && !want.refresh) {
        found.push("from: 'controller' needs sha256 or refresh");
      }
      if ((want.ca ?? want.cert ?? want.key) !== undefined || want.insecure) {
        found.push("ca, cert, key and insecure are the host's");
      }
    }
    return found;
  },
  prepare,
  ...ownedFile,
  reads(want: Prepared, known: Known): PutReads {
    if (want.content) return putReads({ ...want, content: want.content }, known);
    return { file: readOf(want), parent: file({ path: parentOf(want.dest), follow: true }) };
  },
  plan(want, is, on) {
    if (want.content) return planPut({ ...want, content: want.content }, is, on);
    return planFetch(want, is, on);
  },
});

const readOf = (want: Prepared) =>
  file({ path: want.dest, follow: want.follow, digest: want.sha256 !== undefined });

async function prepare(want: Arguments, controller: Controller): Promise<Prepared> {
  const dest = destOf(want.dest, new URL(want.url).pathname);
  if (dest.endsWith('/') || want.dest === `${dest}/`) {
    throw new StepError(`${want.url} names no file: give dest with its name`);
  }
  const all = { ...want, dest, diff: controller.diff };
  if (want.from === 'host') return all;
  const { url, sha256, basicAuth } = want;
  const request = toRequest({ ...want, requestTimeout: want.timeout });
  const headers = { ...want.headers };
  if (basicAuth && request.user !== undefined) {
    const word = Buffer.from(request.user).toString('base64');
    headers['authorization'] = `Basic ${word}`;
  }
  return { ...all, content: await controller.download({ url, sha256, headers }) };
}

function planFetch(
  want: Prepared,
  is: { readonly file: FileValue | undefined; readonly parent: FileValue | undefined },
  on: PlanContext,
): Plan<FileResult> {
  const path = placeOf(want, is.file);
  const old = is.file?.type === 'file' ? is.file : undefined;
  if (is.file === undefined) requireFolder(want.dest, is.parent);
  const isRight = old !== undefined && (!want.force || isEqual(want, old));
  const attributes = old === undefined ? [] : attributeDifferences(want, old);
  const invalidates = { paths: path === want.dest ? [path] : [path, want.dest] };
  // Of what is fetched at each run nothing says afterwards that it is what the server has.
  const refreshes = want.refresh && want.force;
  if (isRight && old && !refreshes) {
    if (attributes.length === 0) return same(fileResult(path, old));
    const whole = predictAttributes(want, old);
    return change({
      differences: attributes,
      alters: [setAttributes(path, want, old)],
      after: predictFollowed(want.dest, path, whole),
      invalidates,
      result: fileResult(path, whole),
    });
  }
  const fetched = fetchScript({
    request: toRequest({ ...want, requestTimeout: want.timeout }),
    sha256: want.sha256,
    write: { ...want, path },
    is: want.follow && is.file?.type === 'link' ? undefined : is.file,
    compare: isRight,
  });
  const result = { path, state: 'file' } as const;
  const after = predictFetched(want, path, old, on);
  const differences = [contentDifference(want, is.file), ...attributes];
  if (!isRight && !refreshes)
    return change({
      differences,
      alters: [byScript('files', fetched)],
      after,
      invalidates,
      result,
      timeout: 3600,
    });
  const attributesFirst = attributes.length > 0 && old ? [setAttributes(path, want, old)] : [];
  return action({
    script: scriptOf({ alters: [...attributesFirst, byScript('files', fetched)] }),
    result: () => result,
    ...(isRight && {
      changed: ({ stdout }) => attributes.length > 0 || /^tsplay changed$/m.test(stdout),
    }),
    invalidates,
    differences,
    timeout: 3600,
    after,
  });
}

/**
 * Nobody knows how long the file will be. Who asks for its digest, as `unarchive` does, gets an
 * answer where the checksum is given.
 */
function predictFetched(
  want: Prepared,
  path: string,
  old: FileValue | undefined,
  on: PlanContext,
): readonly Prediction[] {
  const unknown = [file({ path }), file({ path, follow: true }), text(path)].map(unpredictable);
  const asked = path === want.dest ? [] : [unpredictable(readOf(want))];
  const reads = [file({ path, digest: true }), file({ path, follow: true, digest: true })];
  if (want.sha256 === undefined) return [...unknown, ...asked, ...reads.map(unpredictable)];
  const mode = want.mode === undefined ? '0644' : resolveMode(want.mode, '0644', false);
  const fresh = old ?? freshFile({ type: 'file', mode }, on.facts.user);
  const whole = value({ ...predictAttributes(want, fresh), digest: want.sha256 });
  return [...unknown, ...asked, ...reads.map((read) => predict(read, whole))];
}

/** Without a checksum what is there is taken for right, or is compared with what is fetched. */
const isEqual = (want: Prepared, is: FileValue): boolean =>
  want.sha256 === undefined || is.digest === want.sha256;

function placeOf(want: Prepared, is: FileValue | undefined): string {
  if (is === undefined || is.type === 'file') return is?.realPath ?? want.dest;
  if (is.type === 'directory') {
    throw new StepError(`${want.dest} is a folder`, {
      hint: 'name the file, or end dest with / to put it into the folder',
    });
  }
  if (is.type !== 'link') throw new StepError(`${want.dest} is a ${is.type}, not a file`);
  return want.follow ? (is.realPath ?? want.dest) : want.dest;
}

const contentDifference = (want: Prepared, is: FileValue | undefined): Difference => ({
  what: is === undefined ? 'state' : 'content',
  from: is === undefined ? 'absent' : is.digest ? `sha256 ${is.digest.slice(0, 12)}` : is.type,
  to: want.sha256 === undefined ? `what ${want.url} has` : `sha256 ${want.sha256.slice(0, 12)}`,
});
