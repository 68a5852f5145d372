/** Learns what packages brought, right after they came: files, configuration as shipped, units, accounts. */
import { createHash } from 'node:crypto';
import {
  realPath,
  type BroughtFile,
  type Lesson,
  type PackageVersion,
} from '../../../module/brought.ts';
import type { Learning, Study } from '../../../module/plan.ts';
import type { Answer, Read } from '../../../module/reader.ts';
import {
  groupNamed,
  passwordDigest,
  userNamed,
  type GroupAccount,
  type UserAccount,
} from '../../../readers/accounts/account.ts';
import type { Learned } from '../../../readers/packages/brought-answers.ts';
import {
  broughtFiles,
  filesLimit,
  type BroughtFiles,
} from '../../../readers/packages/brought-files.ts';
import { file, type FileType, type FileValue } from '../../../readers/files/file.ts';
import { text, type TextValue } from '../../../readers/files/text.ts';
import { unit } from '../../../readers/services/unit.ts';
import { packageNews, type PackageNews } from './news.ts';
import type { PackageDatabase } from '../../../readers/packages/package.ts';

/** Bytes of a configuration file that is kept whole. */
const wholeLimit = 64 * 1024;
/** Files of which digests are asked. */
const digestsLimit = 500;

const types: Readonly<Record<string, FileType>> = {
  f: 'file',
  d: 'directory',
  l: 'link',
  p: 'fifo',
  s: 'socket',
  b: 'block',
  c: 'character',
};

/** @param host inventory name of the host, for people */
function* studyPackages(news: PackageNews, database: PackageDatabase, host: string): Study {
  const packages = news.came;
  const names = packages.map(nameIn[database]);
  const listing = broughtFiles({ began: news.began, packages: names, database });
  const [listed] = yield [listing];
  const found = listed?.answer === 'value' ? (listed.value as BroughtFiles) : undefined;
  if (!found || found.files.size > filesLimit) return undefined;
  const owners = ownersOf(found, names);
  const shipped = shippedOf(found);
  const plain = [...found.files].flatMap(([path, { letter, size }]) =>
    letter === 'f' &&
    (owners.has(path) || shipped.has(path)) &&
    size <= wholeLimit &&
    !path.startsWith('/usr/')
      ? [path]
      : [],
  );
  const texts = plain.filter((path) => shipped.has(path)).slice(0, digestsLimit);
  const digests = plain.filter((path) => !shipped.has(path)).slice(0, digestsLimit);
  const units = unitsIn(found);
  const asked: readonly Read<unknown>[] = [
    ...texts.map((path) => text(path)),
    ...digests.map((path) => file({ path, digest: true })),
    ...units.map((name) => unit(name)),
    ...news.users.map((name) => userNamed(name)),
    ...news.groups.map((name) => groupNamed(name)),
  ];
  const answers = asked.length === 0 ? [] : yield asked;
  const given = new Map(asked.map((read, index) => [read.id, valueOf(answers[index])]));
  const value = <V>(read: Read<V>): V | undefined => given.get(read.id) as V | undefined;
  const files = [...found.files].map(([path, { letter, ...rest }]): [string, BroughtFile] => {
    const kept =
      (texts.includes(path) && asShipped(value(text(path)), shipped.get(path) ?? '')) ||
      (digests.includes(path) && digestOf(value(file({ path, digest: true })))) ||
      {};
    const { mode, owner, group, size, target } = rest;
    return [
      path,
      {
        type: types[letter] ?? 'file',
        mode,
        owner,
        group,
        size,
        of: [...(owners.get(path) ?? [])],
        ...(letter === 'l' && { target }),
        ...kept,
      },
    ];
  });
  const each = (list: readonly string[], of: (name: string) => Learned | undefined) =>
    Object.fromEntries(
      list.flatMap((name) => {
        const is = of(name);
        return is === undefined ? [] : [[name, is] as const];
      }),
    );
  const lesson: Lesson = {
    packages: [...packages],
    from: host,
    roots: { ...found.roots },
    files: Object.fromEntries(files),
    units: each(units, (name) => {
      const is = value(unit(name));
      return is && { ...is };
    }),
    users: each(news.users, (name) => learnedUser(value(userNamed(name)))),
    groups: each(news.groups, (name) => learnedGroup(value(groupNamed(name)))),
  };
  return lesson;
}

/** A name that means the one package. */
const nameIn: Readonly<Record<PackageDatabase, (of: PackageVersion) => string>> = {
  // dpkg wants the architecture where several can be installed; `all` is none.
  dpkg: ({ name, arch }) => (arch === 'all' || arch === '' ? name : `${name}:${arch}`),
  rpm: ({ name, version, arch }) => `${name}-${version.replace(/^\d+:/, '')}.${arch}`,
};

const valueOf = (answer: Answer<unknown> | undefined): unknown =>
  answer?.answer === 'value' ? answer.value : undefined;

/** Which packages, by number, hold a path. */
function ownersOf(
  { owned, roots }: BroughtFiles,
  names: readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  names.forEach((name, index) => {
    for (const path of owned[name] ?? []) {
      const real = realPath(path, roots);
      found.set(real, [...(found.get(real) ?? []), index]);
    }
  });
  return found;
}

/** Digests of configuration files, by real path. */
const shippedOf = ({ configured, roots }: BroughtFiles): ReadonlyMap<string, string> =>
  new Map(Object.entries(configured).map(([path, md5]) => [realPath(path, roots), md5]));

/** Nothing but what the package shipped is kept: a file that was there before may hold secrets. */
function asShipped(is: TextValue | undefined, digest: string): Partial<BroughtFile> | undefined {
  if (is?.kind !== 'text') return undefined;
  const algorithm = digest.length === 32 ? 'md5' : 'sha256';
  if (createHash(algorithm).update(is.bytes).digest('hex') !== digest) return undefined;
  return { digest: is.digest, bytes: is.bytes.toString('base64') };
}

const digestOf = (is: FileValue | undefined): Partial<BroughtFile> | undefined =>
  is?.digest === undefined ? undefined : { digest: is.digest };

const unitFile =
  /^\/(?:usr\/lib|lib|etc)\/systemd\/system\/([^/]+\.(?:service|socket|timer|path|mount|target|slice|automount|swap))$/;

function unitsIn({ files }: BroughtFiles): readonly string[] {
  const names = [...files.keys()].flatMap((path) => {
    const script = /^\/etc\/init\.d\/([\w.-]+)$/.exec(path)?.[1];
    return script === undefined ? (unitFile.exec(path)?.[1] ?? []) : `${script}.service`;
  });
  // Of a template only its instances are units.
  return [...new Set(names)].filter((name) => !name.includes('@.'));
}

/** Numbers are another host's own; a password that somebody set is nobody's lesson. */
function learnedUser(is: UserAccount | undefined): Learned | undefined {
  if (is === undefined) return undefined;
  const { name, group, groups, comment, home, homeExists, shell, password } = is;
  const none =
    password.readable && ['', '*'].some((hash) => password.digest === passwordDigest(hash));
  const locked = none && password.locked;
  const kept = { name, group, groups: [...groups], comment, home, homeExists, shell };
  return locked ? { ...kept, locked, digest: password.digest } : kept;
}

const learnedGroup = (is: GroupAccount | undefined): Learned | undefined =>
  is && { name: is.name, members: [...is.members] };

/** @param stdout what the script said @returns what is to be learned from it */
export function learningFrom(
  stdout: string,
  how: string,
  database: PackageDatabase = 'dpkg',
): Learning | undefined {
  const news = packageNews(stdout);
  if (!news || news.came.length === 0) return undefined;
  return { how, packages: news.came, study: (host) => studyPackages(news, database, host) };
}
