/** YAML text to nodes with places. What YAML lets pass quietly is an error here. */
import { LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Node, YAMLError, YAMLMap } from 'yaml';
import { InventoryError, type Place, type PlayError } from '../../errors.ts';

/** Tags that values know; any other is an error. */
export const secretTags = ['!secret', '!env', '!vault'] as const;

/** A key of a mapping and its value, as nodes. */
export interface Entry {
  readonly key: string;
  readonly keyNode: Node;
  readonly value: Node | null;
}

/** One parsed file, and what is remembered of it while its values are read. */
export interface YamlFile {
  readonly file: string;
  readonly root: Node | null;
  place(node: Node | null | undefined): Place;
  report(error: PlayError): void;
  /** The node that an alias stands for. */
  target(alias: Alias): Node | undefined;
  /** Entries of mappings that were read, merge keys resolved. */
  readonly entries: Map<YAMLMap, readonly Entry[]>;
  /** Values of nodes with an anchor, and how many nodes they have. */
  readonly anchored: Map<Node, { readonly value: unknown; readonly size: number }>;
  /** Nodes that are being read, to find those that contain themselves. */
  readonly open: Set<Node>;
  /** Mappings whose merge keys are being resolved. */
  readonly merging: Set<Node>;
  /** Nodes read so far, those behind aliases counted each time. */
  size: number;
}

const hints: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'indent with spaces',
  MULTIPLE_DOCS: "write one document a file: remove the second '---'",
  BAD_INDENT: 'lines of one level must begin in the same column',
  BLOCK_AS_IMPLICIT_KEY: "quote a value that holds ': '",
  TAG_RESOLVE_FAILED: 'known tags are !secret and !env',
};

/**
 * Parses one document.
 * @returns undefined when there were mistakes; each went to `report`
 */
export function parseYaml(
  text: string,
  file: string,
  report: (error: PlayError) => void,
): YamlFile | undefined {
  const lines = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (/^\s*\[[\w.:-]+\]\s*(?:[\r\n]|$)/.test(text)) {
    report(
      new InventoryError('this is an INI inventory; tsplay reads YAML', {
        at: placeAt(0),
        hint: 'ansible-inventory --list --yaml prints it as YAML',
      }),
    );
    return undefined;
  }
  let document;
  try {
    document = parseDocument(text, {
      merge: true,
      // We look ourselves: faster for a thousand hosts, and both places can be named.
      uniqueKeys: false,
      strict: true,
      prettyErrors: false,
      lineCounter: lines,
      customTags: secretTags.map((tag) => ({ tag, resolve: (plain: string) => plain })),
    });
  } catch (cause) {
    const deep = cause instanceof RangeError ? ': it is nested too deeply' : '';
    report(new InventoryError(`cannot be read as YAML${deep}`, { at: placeAt(0), cause }));
    return undefined;
  }
  const mistakes = [...firstOf(document.errors), ...document.warnings];
  for (const mistake of mistakes) {
    const at = placeAt(mistake.pos[0]);
    report(new InventoryError(wordsOf(mistake), { at, hint: hints[mistake.code] }));
  }
  if (mistakes.length > 0) return undefined;
  let targets: ReadonlyMap<Alias, Node> | undefined;
  return {
    file,
    root: document.contents,
    place: (node) => placeAt(node?.range?.[0] ?? 0),
    report,
    target: (alias) => (targets ??= aliasTargets(document.contents)).get(alias),
    entries: new Map(),
    anchored: new Map(),
    open: new Set(),
    merging: new Set(),
    size: 0,
  };
}

/** One mistake of syntax makes others behind it: the first few are told. */
function firstOf(errors: readonly YAMLError[]): readonly YAMLError[] {
  const sorted = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const tooDeep = sorted.find(isTooDeep);
  return tooDeep ? [tooDeep] : sorted.slice(0, 3);
}

const isTooDeep = (error: YAMLError): boolean => error.message.startsWith('Maximum call stack');

function wordsOf(error: YAMLError): string {
  if (isTooDeep(error)) return 'it is nested too deeply';
  return error.code === 'MULTIPLE_DOCS' ? 'a second document begins' : error.message;
}

/** An alias means the last anchor of its name before it. */
function aliasTargets(root: Node | null): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(root, {
    Node: (_, node) => {
      if ('anchor' in node && node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias: (_, alias) => {
      const node = anchors.get(alias.source);
      if (node) targets.set(alias, node);
    },
  });
  return targets;
}
