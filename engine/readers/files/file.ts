/** Reader `file`: type, mode, owner, size, link target and digest of paths. */
import {
  absent,
  defineReader,
  denied,
  value,
  type Answer,
  type Read,
  type ReaderFunction,
  type ReaderOutput,
  type Shown,
} from '../../module/reader.ts';
import { broughtFile } from '../packages/brought-answers.ts';
import { fileScript } from './file-script.ts';
import { parseStat, type FileKey, type FileValue } from './file-value.ts';
import { cutByBytes, plainPath } from './path-words.ts';

export type { FileKey, FileType, FileValue } from './file-value.ts';

const definition = {
  name: 'file',
  script: fileScript,
  parse: parseFiles,
  // One `stat`, `readlink` where there are links, one `sha256sum`.
  processes: (keys: readonly FileKey[]) => (keys.some((key) => key.digest) ? 3 : 2),
  dependsOn: (key: FileKey) => [key.path],
  about: {
    path: (key: FileKey) => key.path,
    follows: (key: FileKey) => key.follow === true,
    at: (key: FileKey, path: string): FileKey => ({ ...key, path }),
    as: ({ realPath: _realPath, ...is }: FileValue, _from: FileKey, _to: FileKey, end?: string) =>
      end === undefined ? is : { ...is, realPath: end },
    shows,
  },
  brought: { path: (key: FileKey) => key.path, answer: broughtFile },
};

const read = defineReader<FileKey, FileValue>(definition);

/**
 * Asks what a path is: type, mode, owner, size in bytes; absent where there is nothing.
 * @param key absolute path, and whether to follow links and take the digest
 * @returns a read of a FileValue
 * @example
 * export const reads = { now: readers.file({ path: '/etc/motd', follow: true, digest: true }) };
 */
export const file: ReaderFunction<FileKey, FileValue> = Object.assign(
  (key: FileKey): Read<FileValue> =>
    read({
      path: plainPath(key.path),
      ...(key.follow === true && { follow: true }),
      ...(key.digest === true && { digest: true }),
    }),
  { definition },
);

/** Asked without following links, an answer tells what the path is. */
function shows(key: FileKey, is: Answer<FileValue>): Shown | undefined {
  if (key.follow === true || is.answer === 'denied') return undefined;
  if (is.answer === 'absent') return 'nothing';
  return is.value.target === undefined ? 'no link' : { link: is.value.target };
}

function parseFiles(
  output: ReaderOutput,
  keys: readonly FileKey[],
  mark: string,
): readonly Answer<FileValue>[] {
  const parts = output.stdout.toString('latin1').split(`${mark}#`);
  let next = 1;
  return cutByBytes(keys, (key) => key.path).flatMap((run) => {
    const sections = parts.slice(next, next + 6);
    next += 6;
    if (sections.length < 6) throw new Error('the answer of the file reader is cut short');
    return parseRun(run, sections, mark, output.stderr);
  });
}

function parseRun(
  keys: readonly FileKey[],
  sections: readonly string[],
  mark: string,
  stderr: string,
): Answer<FileValue>[] {
  const [kinds = '', digested = ''] = (sections[0] ?? '').trim().split(' ');
  const plain = records(sections[1], '\n', mark);
  const followed = records(sections[2], '\n', mark);
  const targets = records(sections[3], '\0', mark);
  const ends = records(sections[4], '\0', mark);
  const digests = digestsIn(sections[5] ?? '');
  return keys.map((key, index) => {
    const kind = kinds.charAt(index);
    if (kind === 'a') return absent;
    if (kind === 'x') return denied(`a folder on the way to ${key.path} cannot be searched`);
    const line = (kind === 'f' ? followed : plain)();
    const target = kind === 'l' || kind === 'd' ? targets() : undefined;
    const end = kind === 'f' ? ends() : kind === 'd' ? beside(key.path, target) : undefined;
    const wanted = digested.charAt(index);
    const digest = wanted === 'y' ? digests(key.path) : undefined;
    if (line === '-') return absent;
    if (line === undefined || line === '?') return denied(`${key.path}: ${stderr.trim()}`);
    if (wanted === 'n' || (wanted === 'y' && digest === undefined)) {
      return denied(`${key.path} cannot be read`);
    }
    return value({
      ...parseStat(line),
      ...(target && { target }),
      ...(end && { realPath: end }),
      ...(digest !== undefined && { digest }),
    });
  });
}

/** What a dangling link names; busybox's `readlink -f` looks for it in the working directory. */
const beside = (path: string, target: string | undefined): string | undefined =>
  target === undefined || target.startsWith('/')
    ? target
    : `${path.slice(0, path.lastIndexOf('/'))}/${target}`;

/**
 * Records of a section, one a call. Where the one process for all failed, the section holds a
 * mark and then the answers of one process each.
 */
function records(section: string | undefined, end: string, mark: string): () => string | undefined {
  const again = (section ?? '').split(`${mark}!`);
  const list = (again.at(-1) ?? '').split(end);
  let next = 0;
  return () => {
    const record = list[next];
    next += 1;
    return record === undefined ? undefined : Buffer.from(record, 'latin1').toString('utf8');
  };
}

/**
 * Digests of `sha256sum`, asked in the order of its arguments. Names are compared in the two ways
 * they are printed: as they are (busybox), or with backslash and newline escaped (coreutils); so a
 * name cannot be taken for another's line, and a file that vanished only misses its own.
 */
function digestsIn(section: string): (path: string) => string | undefined {
  let at = 0;
  return (path) => {
    const name = Buffer.from(path, 'utf8').toString('latin1');
    const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
    for (const [lead, shown] of [
      ['', name],
      ['\\', escaped],
      ['\\', name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')],
    ] as const) {
      const from = at + lead.length;
      const rest = `  ${shown}\n`;
      if (section.startsWith(lead, at) && section.startsWith(rest, from + 64)) {
        at = from + 64 + rest.length;
        return section.slice(from, from + 64);
      }
    }
    return undefined;
  };
}
