/**
 * Objects of Kubernetes as the API server has them, and as it would have them after an apply: the
 * server's own dry run, so defaults and admission are part of the answer.
 */
import { absent, defineReader, quote, value, type Answer, type ReaderOutput } from 'tsplay';
import { kubectlFunctions, unreachable, type KubernetesAccess } from './script.ts';

/** An object of the API, whatever its kind. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

export interface ObjectsKey {
  readonly access: KubernetesAccess;
  /** Of objects that name none; empty: the kubeconfig's. */
  readonly namespace: string;
  /** JSON of a List of objects. */
  readonly manifest: string;
  /** The flag of a dry run on the server; undefined where objects are only looked up. */
  readonly dryRun: string | undefined;
}

export interface Objects {
  /** Those of the manifest that are there. */
  readonly live: readonly KubernetesObject[];
  /** All of them as they would be after an apply; undefined where the server refused. */
  readonly applied: readonly KubernetesObject[] | undefined;
  /** Why nothing can be said: no server answers, or it refused. */
  readonly refused: string | undefined;
  readonly reached: boolean;
}

export interface QuestionKey {
  readonly access: KubernetesAccess;
  /** What follows `kubectl`; it must print JSON, or nothing where the thing is absent. */
  readonly argv: readonly string[];
}

export interface KubernetesAnswer {
  readonly objects: readonly KubernetesObject[];
  readonly refused: string | undefined;
  readonly reached: boolean;
}

const sources = ({ access }: { readonly access: KubernetesAccess }): readonly string[] => [
  access.kubectl,
  access.kubeconfig,
];

export const kubernetesObjects = defineReader<ObjectsKey, Objects>({
  name: 'kubernetesObjects',
  scope: 'shared',
  dependsOn: sources,
  script: (keys, mark) => keys.map((key) => askObjects(key, mark)).join('\n'),
  parse: (output, keys, mark) =>
    partsOf(output, keys, mark, 2).map(([live, applied]): Answer<Objects> => {
      if (live === undefined || live.text.startsWith(unreachable)) return nobody(live);
      if (live.code !== 0) return value({ ...refusal(live), live: [], applied: undefined });
      const now = objectsOf(live.text);
      if (applied === undefined || applied.text === '') {
        if (applied === undefined || applied.code === 0) {
          return value({ live: now, applied: undefined, refused: undefined, reached: true });
        }
        return value({ ...refusal(applied), live: now, applied: undefined });
      }
      return value({
        live: now,
        applied: objectsOf(applied.text),
        refused: undefined,
        reached: true,
      });
    }),
});

const asked = (name: string, scope: 'host' | 'shared') =>
  defineReader<QuestionKey, KubernetesAnswer>({
    name,
    scope,
    dependsOn: sources,
    dependsOnEverything: () => scope === 'host',
    script: (keys, mark) => keys.map((key) => askQuestion(key, mark)).join('\n'),
    parse: (output, keys, mark) =>
      partsOf(output, keys, mark, 1).map(([part]): Answer<KubernetesAnswer> => {
        if (part === undefined || part.text.startsWith(unreachable)) return nobodyThere(part);
        if (part.code !== 0) return value({ ...refusal(part), objects: [] });
        return value({ objects: objectsOf(part.text), refused: undefined, reached: true });
      }),
  });

/** Objects that a question of the user's finds: one, or a list. */
export const kubernetes = asked('kubernetes', 'shared');
/**
 * What a host awaits for itself: asked anew after any change on it, but not after those of others,
 * who do not wait for each other meanwhile.
 */
export const hostKubernetes = asked('hostKubernetes', 'host');

function askObjects({ access, namespace, manifest, dryRun }: ObjectsKey, mark: string): string {
  const within = namespace === '' ? '' : `--namespace=${quote(namespace)} `;
  const common = `${within}-f - -o json`;
  const apply = dryRun === undefined ? ':' : `play_kubectl_stdin apply ${dryRun} ${common}`;
  return asking(access, mark, 2, [
    `printf %s ${quote(manifest)} | play_kubectl_stdin get --ignore-not-found ${common}`,
    `printf %s ${quote(manifest)} | ${apply}`,
  ]);
}

const askQuestion = ({ access, argv }: QuestionKey, mark: string): string =>
  asking(access, mark, 1, [`play_kubectl ${argv.map(quote).join(' ')}`]);

/** Each command's output, then its code; what it says on stderr is parted the same way. */
function asking(
  access: KubernetesAccess,
  mark: string,
  parts: number,
  commands: readonly string[],
): string {
  const end = (code: string): string =>
    `printf '\\n%s %s\\n' ${mark} ${code}\nprintf '\\n%s\\n' ${mark} >&2`;
  const unanswered = Array.from({ length: parts }, (_, index) =>
    index === 0 ? `printf '%s %s' ${unreachable} "$play_why"\n${end('1')}` : end('1'),
  );
  return `${kubectlFunctions(access)}
if play_find_server; then
${commands.map((command) => `code=0\n${command} || code=$?\n${end('"$code"')}`).join('\n')}
else
${unanswered.join('\n')}
fi`;
}

interface Part {
  readonly text: string;
  readonly code: number;
  readonly stderr: string;
}

/** The parts of every key's answer. @throws Error where one is missing */
function partsOf(
  output: ReaderOutput,
  keys: readonly unknown[],
  mark: string,
  parts: number,
): readonly (readonly Part[])[] {
  const errors = output.stderr.split(`\n${mark}\n`);
  const pieces = output.stdout.toString('utf8').split(`\n${mark} `);
  const all: Part[] = [];
  for (let index = 0; index + 1 < pieces.length; index += 1) {
    const [, ...lines] = index === 0 ? ['', pieces[0] ?? ''] : (pieces[index] ?? '').split('\n');
    const code = Number((pieces[index + 1] ?? '').split('\n')[0]);
    all.push({ text: lines.join('\n').trim(), code, stderr: (errors[index] ?? '').trim() });
  }
  if (all.length !== keys.length * parts) throw new Error('an answer of kubectl is missing');
  return keys.map((_, index) => all.slice(index * parts, (index + 1) * parts));
}

/** One object, a List, or nothing. */
function objectsOf(text: string): readonly KubernetesObject[] {
  if (text === '') return [];
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return [];
  if (!('items' in parsed) || !Array.isArray(parsed.items)) return [parsed as KubernetesObject];
  return parsed.items as readonly KubernetesObject[];
}

const refusal = (part: Part): { refused: string; reached: true } => ({
  refused: part.stderr || `kubectl ended with code ${part.code}`,
  reached: true,
});

const why = (part: Part | undefined): string =>
  part?.text.slice(unreachable.length).trim() ?? 'kubectl said nothing';

/** Where kubectl is not there yet, a planned step may bring it; where it is, servers are down. */
function nobody(part: Part | undefined): Answer<Objects> {
  const reason = why(part);
  if (reason.startsWith('there is no ')) return absent;
  return value({ live: [], applied: undefined, refused: reason, reached: false });
}

function nobodyThere(part: Part | undefined): Answer<KubernetesAnswer> {
  const reason = why(part);
  if (reason.startsWith('there is no ')) return absent;
  return value({ objects: [], refused: reason, reached: false });
}
