/**
 * Sets and removes values of a YAML text by ranges, so that comments, blanks, quotes and order
 * stay. What ranges cannot do is written anew by the library, and people are told.
 */
import { isDeepStrictEqual } from 'node:util';
import { isCollection, isMap, isScalar, isSeq, type Document, type Node, type Pair } from 'yaml';
import { indexOf, pathText, type DataPath, type PlainData } from '../../shared/data/argument.ts';
import { FormatError, type DataFormat, type EditedData } from '../../shared/data/file.ts';
import { nested, removeIn, setIn } from '../../shared/data/tree.ts';
import { withoutPair } from './remove.ts';
import { addedTo, insertedInto, replacedAt } from './set.ts';
import { follow, isVoid, parseYaml, valueOf, type YamlText } from './document.ts';

/** @param index which document of the file, from 0 */
export const yamlFormat = (index: number): DataFormat => ({
  name: 'YAML',
  get(text, path) {
    const { document } = parseYaml(text, index);
    const found = follow(document, path);
    return found.depth < path.length ? undefined : valueOf(document, found.node);
  },
  set: (text, path, value) =>
    edited(text, index, (data) => setIn(data, path, value), {
      byRanges: (document) => setByRanges(text, document, path, value),
      byLibrary: (document) => document.setIn(realPath(document, path), document.createNode(value)),
    }),
  remove: (text, path) =>
    edited(text, index, (data) => removeIn(data, path), {
      byRanges: (document) => withoutPair(text, document, path),
      byLibrary: (document) => void document.deleteIn(realPath(document, path)),
    }),
});

interface Ways {
  /** Undefined where it does not know how. */
  byRanges(document: Document): string | undefined;
  byLibrary(document: Document): void;
}

/** @param expected the data that the text must hold afterwards */
function edited(
  text: string,
  index: number,
  expected: (before: unknown) => unknown,
  ways: Ways,
): EditedData {
  const before = parseYaml(text, index);
  const { document, count } = before;
  const wanted = expected(document.toJS({ maxAliasCount: 1000 }));
  const quick = ways.byRanges(document);
  if (quick !== undefined && holds(quick, index, before, wanted)) return { text: quick };
  if (count > 1) {
    throw new FormatError('its layout cannot be edited while it holds several documents');
  }
  ways.byLibrary(document);
  const whole = document.toString({ lineWidth: 0 });
  if (!holds(whole, index, before, wanted)) throw new FormatError('it cannot be edited safely');
  return {
    text: text.includes('\r\n') ? whole.replaceAll('\n', '\r\n') : whole,
    notes: ['the whole file was laid out anew: all other data and comments are kept'],
  };
}

function holds(text: string, index: number, before: YamlText, wanted: unknown): boolean {
  try {
    const after = parseYaml(text, index);
    const data: unknown = after.document.toJS({ maxAliasCount: 1000 });
    // A tag that does not fit its new value is a warning.
    const sound = after.document.warnings.length <= before.document.warnings.length;
    return sound && after.count === before.count && isDeepStrictEqual(data, wanted);
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}

function setByRanges(
  text: string,
  document: Document,
  path: DataPath,
  value: PlainData,
): string | undefined {
  const found = follow(document, path);
  const rest = path.slice(found.depth);
  if (document.contents === null || (found.depth === 0 && isVoid(document.contents))) {
    return addedTo(text, document, nested(rest, value));
  }
  if (rest.length === 0 || isVoid(found.node)) {
    return replacedAt(text, { ...found, value: nested(rest, value) });
  }
  refuse(found.node, path, found.depth);
  const [part = '', ...inner] = rest;
  if (isSeq(found.node) && found.node.items.length === 0) {
    return replacedAt(text, { ...found, value: [nested(inner, value)] });
  }
  return found.node && insertedInto(text, found.node, part, nested(inner, value));
}

/** @throws FormatError where nothing can be added to what stands there */
function refuse(node: Node | undefined, path: DataPath, depth: number): void {
  const where = depth === 0 ? 'the document' : pathText(path.slice(0, depth));
  const offset = node?.range?.[0] ?? 0;
  if (isMap(node)) return;
  if (!isSeq(node)) throw new FormatError(`${where} is no object`, { offset });
  const part = path[depth] ?? '';
  if (indexOf(part) === node.items.length) return;
  throw new FormatError(`${where} is a list of ${node.items.length}: it has no place ${part}`, {
    offset,
    hint: `${node.items.length} appends to it`,
  });
}

/** The path with keys as the file has them: 1 may be a number there. */
function realPath(document: Document, path: DataPath): unknown[] {
  let node: unknown = document.contents;
  return path.map((part) => {
    const at: unknown = node;
    if (isMap(at)) {
      const pair: Pair | undefined = at.items.find(
        ({ key }) => isScalar(key) && String(key.value) === String(part),
      );
      node = pair?.value;
      return isScalar(pair?.key) ? pair.key.value : part;
    }
    node = isCollection(at) ? at.items[indexOf(part) ?? -1] : undefined;
    return isSeq(at) ? indexOf(part) : part;
  });
}
