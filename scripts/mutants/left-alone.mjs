/** What mutation testing leaves alone: texts, and what is not in the sample. */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * Texts for people and scripts for hosts: what an error says, and what has a blank in it. They are
 * held word by word elsewhere (tables of messages, real shells). Keys and values (`'changed'`,
 * `'/proc/'`) stay, for a wrong one is a wrong program.
 */
const texts = {
  shouldIgnore({ node }) {
    if (node.type === 'NewExpression' && /(?:Error|Problem)$/.test(node.callee.name ?? ''))
      return 'what an error says';
    return /\s/.test(textOf(node)) ? 'a sentence or a script' : undefined;
  },
};

function textOf(node) {
  if (node.type === 'StringLiteral') return node.value;
  if (node.type !== 'TemplateLiteral') return '';
  return node.quasis.map(({ value }) => value.raw).join('');
}

const every = Number(process.env.MUTANTS_EVERY ?? 1);

/**
 * One of `every` functions and methods, by its name and length: the same ones each time, wherever in
 * the file they stand.
 */
const sample = {
  shouldIgnore({ node, parent }) {
    const name = nameOf(node, parent);
    if (name === undefined) return undefined;
    return hashOf(`${name} ${node.end - node.start}`) % every === 0
      ? undefined
      : 'not in the sample';
  },
};

/** Of a method, or of what is declared at the top of a module. */
function nameOf(node, parent) {
  if (/^Class(?:Private)?Method$/.test(node.type)) return node.key.name ?? node.key.id?.name ?? '';
  if (parent?.type !== 'Program' && parent?.type !== 'ExportNamedDeclaration') return undefined;
  if (node.type === 'FunctionDeclaration') return node.id.name;
  return node.type === 'VariableDeclaration' ? node.declarations[0].id.name : undefined;
}

function hashOf(text) {
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash;
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'texts', texts),
  declareValuePlugin(PluginKind.Ignore, 'sample', sample),
];
