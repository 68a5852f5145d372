/** Everything that the package exports, with its doc comment: found by following re-exports. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What users import from, and the file that it is. */
export const entries: Readonly<Record<string, string>> = {
  tsplay: 'engine/index.ts',
  'tsplay/kubernetes': 'kubernetes/index.ts',
  'tsplay/testing': 'engine/testing.ts',
};

export interface PublicExport {
  readonly entry: string;
  /** As users write it: `play`, `readers.file`. */
  readonly name: string;
  readonly isType: boolean;
  /** A function whose result is `void`, at once or later. */
  readonly returnsNothing: boolean;
  /** The text of its doc comment without stars; empty where it has none. */
  readonly doc: string;
  /** Code of each `@example` in its own comment and in those of its fields. */
  readonly examples: readonly string[];
}

/** All that an entry exports, namespaces included by their members. */
export const exportsOf = (entry: string): readonly PublicExport[] =>
  [...exported(entries[entry] ?? '')].flatMap(([name, from]) => declarations(entry, name, from));

/** Where a name comes from; `name` undefined: the whole file, as a namespace. */
interface Origin {
  readonly path: string;
  readonly name: string | undefined;
  readonly isType: boolean;
}

function exported(path: string): ReadonlyMap<string, Origin> {
  const found = new Map<string, Origin>();
  const code = source(path).replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
  const of = (from: string): string => join(dirname(path), from);
  for (const [, all = ''] of code.matchAll(/^export \* from '(\.[^']+)'/gm)) {
    for (const [name, origin] of exported(of(all))) found.set(name, origin);
  }
  for (const [, name = '', from = ''] of code.matchAll(/^export \* as (\w+) from '(\.[^']+)'/gm)) {
    found.set(name, { path: of(from), name: undefined, isType: false });
  }
  for (const [, type, names = '', from = ''] of code.matchAll(
    /^export (type )?\{([^}]*)\} from '(\.[^']+)'/gm,
  )) {
    const inner = exported(of(from));
    for (const each of names.split(',').filter((text) => text.trim() !== '')) {
      const [, own, was = '', as = was] = /^\s*(type )?(\w+)(?: as (\w+))?\s*$/.exec(each) ?? [];
      const origin = inner.get(was) ?? { path: of(from), name: was, isType: false };
      found.set(as, { ...origin, isType: (type ?? own) !== undefined });
    }
  }
  for (const [, kind = '', name = ''] of code.matchAll(declaration('\\w+'))) {
    found.set(name, { path, name, isType: ['interface', 'type'].includes(kind) });
  }
  return found;
}

const declaration = (name: string): RegExp =>
  new RegExp(
    `^export (?:declare |abstract |async )*(function|const|class|interface|type) (${name})\\b`,
    'gm',
  );

function declarations(entry: string, name: string, from: Origin): readonly PublicExport[] {
  if (from.name === undefined) {
    return [...exported(from.path)].flatMap(([inner, origin]) =>
      declarations(entry, `${name}.${inner}`, origin),
    );
  }
  const text = source(from.path);
  const found = declaration(from.name).exec(text);
  if (found === null) throw new Error(`${from.path} does not declare ${from.name}`);
  const comment = /\/\*\*((?:(?!\*\/)[^])*)\*\/\n$/.exec(text.slice(0, found.index))?.[1] ?? '';
  const hasFields = ['interface', 'class'].includes(found[1] ?? '');
  const body = hasFields ? text.slice(found.index).split(/^\}/m, 1).join('') : '';
  const fields = [...body.matchAll(/\/\*\*([^]*?)\*\//g)].map(([, inside = '']) => inside);
  const doc = withoutStars(comment);
  const examples = [doc, ...fields.map(withoutStars)].flatMap(examplesIn);
  const [own = ''] = text.slice(found.index).split(/^\}|;\n(?=\n)/m, 1);
  const returnsNothing = /\): (?:void|Promise<void>) (?:\{|=>)/.test(own);
  return [{ entry, name, isType: from.isType, returnsNothing, doc, examples }];
}

const withoutStars = (comment: string): string => comment.replace(/^ *\* ?/gm, '').trim();

const examplesIn = (doc: string): readonly string[] =>
  [...doc.matchAll(/@example\s([^]*?)(?=^@\w|(?![^]))/gm)].map(([, code = '']) => code.trim());

const known = new Map<string, string>();

function source(path: string): string {
  const text = known.get(path) ?? readFileSync(join(root, path), 'utf8');
  known.set(path, text);
  return text;
}
