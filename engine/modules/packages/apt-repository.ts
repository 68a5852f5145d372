/** Module `aptRepository`: a package source of apt with the key that signs it. */
import { z } from 'zod';
import { defineModule } from '../../dsl/define-module.ts';
import type { Controller, Known, PlanContext } from '../../module/module.ts';
import { change, same, type Plan } from '../../module/plan.ts';
import type { Read } from '../../module/reader.ts';
import type { FileValue } from '../../readers/files/file.ts';
import type { TextValue } from '../../readers/files/text.ts';
import { contentOf, isContent, type Content } from '../../shell/content.ts';
import { absolutePath } from '../shared/argument.ts';
import { combineChanges, type ChangePart } from '../shared/combine-changes.ts';
import { freshFile, predictPath } from '../shared/file-result.ts';
import { planPut, putReads, type PutFile } from '../shared/put-file.ts';

const word = z.string().regex(/^[^\s]+$/, 'must be one word');
const words = z.union([word, z.array(word).min(1)]);

const args = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]+$/, 'takes letters, digits and . _ -')
    .describe('the files: sources.list.d/NAME.sources, keyrings/NAME.asc'),
  uris: words.optional().describe("'https://download.example.org/debian'"),
  suites: words.optional().describe("'bookworm'; with / at its end an exact path, as './'"),
  components: z.array(word).default([]).describe("['main']; none with an exact path"),
  types: z
    .array(z.enum(['deb', 'deb-src']))
    .min(1)
    .default(['deb'])
    .describe('what is fetched'),
  architectures: z.array(word).default([]).describe("['amd64']; default the host's"),
  key: z
    .union([
      z.string().min(1),
      z.custom<Content>(isContent, 'expected a text or a content').meta({ title: 'Content' }),
    ])
    .optional()
    .describe('the public key that signs it, as text or bytes'),
  keySrc: z.string().min(1).optional().describe('the key as a local file, looked up in files/'),
  signedBy: absolutePath.optional().describe('or a keyring on the host'),
  trusted: z.boolean().default(false).describe('accept it unsigned'),
  enabled: z.boolean().default(true).describe('false: keep it, but do not use it'),
  options: z
    .record(z.string().regex(/^[A-Z][\w-]*$/, 'is no field of deb822'), word)
    .default({})
    .describe("further fields: { 'Check-Valid-Until': 'no' }"),
  update: z
    .boolean()
    .default(true)
    .describe('fetch its package lists first, so that a broken source is never installed'),
  state: z.enum(['present', 'absent']).default('present').describe('absent: remove source and key'),
  folder: absolutePath.default('/etc/apt').describe('folder of the configuration of apt'),
});

type Arguments = z.output<typeof args>;

interface Prepared extends Arguments {
  readonly source: PutFile;
  readonly keyring: PutFile | undefined;
}

export interface AptRepositoryResult {
  /** The file of the source. */
  readonly path: string;
}

type RepositoryReads = Readonly<
  Record<'file' | 'parent' | 'asc' | 'gpg' | 'keyrings', Read<FileValue>>
> & { readonly text?: Read<TextValue> };

/** The values of `RepositoryReads`. */
type RepositoryNow = Readonly<
  Record<'file' | 'parent' | 'asc' | 'gpg' | 'keyrings', FileValue | undefined>
> & { readonly text?: TextValue | undefined };

export const aptRepository = defineModule({
  name: 'aptRepository',
  summary: 'Manages a package source of apt with its own key; tries it before installing it.',
  args,
  example: `aptRepository('docker', {
  name: 'docker',
  uris: 'https://download.docker.com/linux/debian',
  suites: (run) => run.facts.os.codename,
  components: ['stable'],
  keySrc: 'docker.asc',
})`,
  returns: { path: 'the file of the source' },
  mistakes(want) {
    if (want.state === 'absent') return [];
    const found: string[] = [];
    if (want.uris === undefined || want.suites === undefined) found.push('give uris and suites');
    const keys = [want.key, want.keySrc, want.signedBy].filter((each) => each !== undefined);
    if (keys.length > 1) found.push('give one of key, keySrc and signedBy');
    const exact = listOf(want.suites).some((suite) => suite.endsWith('/'));
    if (exact === want.components.length > 0) {
      found.push('a suite that ends with / takes no components, every other needs them');
    }
    return found;
  },
  async prepare(want, controller): Promise<Prepared> {
    const content = await keyOf(want, controller);
    const keyring = content && keyringOf(want, content, controller.diff);
    const source = sourceOf(want, keyring?.dest, controller.diff);
    return { ...want, keyring, source };
  },
  reads(want: Prepared, known: Known): RepositoryReads {
    const { file, parent, text } = putReads(want.source, known);
    const asc = putReads({ ...want.source, dest: keyPath(want, 'asc'), diff: false }, known);
    const gpg = putReads({ ...want.source, dest: keyPath(want, 'gpg'), diff: false }, known);
    const own = { file, parent, ...(text && { text }) };
    return { ...own, asc: asc.file, gpg: gpg.file, keyrings: asc.parent };
  },
  plan: (want: Prepared, is: RepositoryNow, on) => {
    const parts = want.state === 'absent' ? goneParts(want, is) : partsOf(want, is, on);
    const result: AptRepositoryResult = { path: want.source.dest };
    return parts.length === 0 ? same(result) : change({ ...combineChanges(parts), result });
  },
});

const listOf = (of: string | readonly string[] | undefined): readonly string[] =>
  of === undefined ? [] : typeof of === 'string' ? [of] : of;

const keyPath = ({ folder, name }: Arguments, ending: 'asc' | 'gpg'): string =>
  `${folder}/keyrings/${name}.${ending}`;

async function keyOf(want: Arguments, controller: Controller): Promise<Content | undefined> {
  if (want.state === 'absent') return undefined;
  if (want.keySrc !== undefined) return controller.file(want.keySrc);
  if (want.key === undefined) return undefined;
  return isContent(want.key) ? want.key : contentOf(want.key);
}

const plainPut = {
  mode: '0644',
  owner: 'root',
  group: 'root',
  backup: false,
  force: true,
  follow: false,
  unsafeWrites: false,
} as const;

/** apt tells a key in text from one in bytes by the name of its file. */
function keyringOf(want: Arguments, content: Content, diff: boolean): PutFile {
  const isText = content.bytes?.toString('latin1').trimStart().startsWith('-----BEGIN') === true;
  return { ...plainPut, dest: keyPath(want, isText ? 'asc' : 'gpg'), content, diff };
}

function sourceOf(want: Arguments, keyring: string | undefined, diff: boolean): PutFile {
  const fields = {
    Enabled: want.enabled ? undefined : 'no',
    Types: want.types.join(' '),
    URIs: listOf(want.uris).join(' '),
    Suites: listOf(want.suites).join(' '),
    Components: want.components.join(' ') || undefined,
    Architectures: want.architectures.join(' ') || undefined,
    'Signed-By': keyring ?? want.signedBy,
    Trusted: want.trusted ? 'yes' : undefined,
    ...want.options,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\n`],
  );
  return {
    ...plainPut,
    dest: `${want.folder}/sources.list.d/${want.name}.sources`,
    content: contentOf(lines.join('')),
    diff,
    ...(want.update && want.enabled && { validate: fetchLists }),
  };
}

/**
 * Fetches the lists of this source alone, from a file whose name apt takes. What cannot be fetched
 * is but a warning to it.
 */
const fetchLists = `d=$(mktemp -d) || exit
trap 'rm -rf "$d"' 0
cp %s "$d/new.sources" && chmod 0644 "$d/new.sources" && chmod 0755 "$d" || exit
left=60
while :; do
said=$(apt-get update -q -o Dir::Etc::sourcelist="$d/new.sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 2>&1)
code=$?
case $said in *'Could not get lock'*) [ "$left" -gt 0 ] || break; left=$((left-2)); sleep 2 ;; *) break ;; esac
done
wrong=$(grep -E '^(E|W|Err)' <<END | grep -E 'Failed to fetch|GPG error|not signed|does not have a Release file|no longer signed|Malformed'
$said
END
)
if [ "$code" -ne 0 ] || [ -n "$wrong" ]; then cat >&2 <<END
$said
END
exit 1
fi`;

function partsOf(want: Prepared, is: RepositoryNow, on: PlanContext): readonly ChangePart[] {
  const { keyring, source, folder } = want;
  const parts: ChangePart[] = [];
  const keyrings = `${folder}/keyrings`;
  const fresh = freshFile({ type: 'directory', mode: '0755', links: 2 }, on.facts.user);
  if (keyring && is.keyrings === undefined) {
    parts.push({
      differences: [{ what: keyrings, from: 'absent', to: 'directory' }],
      alters: [{ kind: 'folder', path: keyrings, first: '0755' }],
      after: predictPath(keyrings, fresh),
      invalidates: { paths: [keyrings] },
    });
  }
  if (keyring) {
    const file = keyring.dest.endsWith('.asc') ? is.asc : is.gpg;
    const plan: Plan<unknown> = planPut(keyring, { file, parent: is.keyrings ?? fresh }, on);
    if (plan.plan === 'change') parts.push(ofFile(plan, keyring.dest));
  }
  const plan: Plan<unknown> = planPut(source, is, on);
  if (plan.plan === 'change') {
    const lists = want.update ? ['/var/lib/apt/lists/'] : [];
    parts.push({ ...ofFile(plan, source.dest), invalidates: { paths: [source.dest, ...lists] } });
  }
  return parts;
}

/** Differences of two files need their names. */
const ofFile = (part: ChangePart, path: string): ChangePart => ({
  ...part,
  differences: part.differences.map((each) => ({ ...each, what: `${each.what} of ${path}` })),
});

function goneParts(want: Prepared, is: RepositoryNow): readonly ChangePart[] {
  const there = [
    [want.source.dest, is.file],
    [keyPath(want, 'asc'), is.asc],
    [keyPath(want, 'gpg'), is.gpg],
  ] as const;
  return there.flatMap(([path, now]): readonly ChangePart[] => {
    if (now === undefined) return [];
    return [
      {
        differences: [{ what: path, from: now.type, to: 'absent' }],
        alters: [{ kind: 'remove', path }],
        after: predictPath(path, undefined),
        invalidates: { paths: [path] },
      },
    ];
  });
}
