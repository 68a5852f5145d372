/** What a host has is looked at, and steps are made for each of its items. */
import fc from 'fast-check';
import { deedsOnHost, folders } from './deeds.ts';
import { often, rarely, seldom } from './odds.ts';
import type { Places } from './pieces.ts';
import { at, onlyOn, options, step, type At, type Call, type Piece } from './source.ts';

interface Look {
  readonly module: string;
  readonly args: string;
  /** The items, as source: of the result. */
  readonly items: string;
}

const looks = (file: Places['file']): fc.Arbitrary<Look> =>
  fc.oneof(
    file.map((path) => ({
      module: 'query',
      args: `{ shell: \`cat \${${at(path)}} 2>/dev/null\`, codes: 'any', scope: 'host' }`,
      items: `r.stdout.split('\\n').filter(Boolean)`,
    })),
    fc.constantFrom(...folders).map((path) => ({
      module: 'find',
      args: `{ paths: ${at(path)} }`,
      items: `r.files.map((each) => each.path.split('/').at(-1) ?? '').toSorted()`,
    })),
    file.map((path) => ({
      module: 'stat',
      args: `{ path: ${at(path)} }`,
      items: `(r.exists ? [r.type] : [])`,
    })),
  );

const ofItem = (file: Places['file']): fc.Arbitrary<(at: At) => Call> =>
  fc.oneof(
    file.map((path) => (there: At) => ({
      module: 'copy',
      args: `{ dest: ${there(path)}, content: \`\${item}\\n\` }`,
    })),
    file.map((path) => (there: At) => ({
      module: 'lineInFile',
      args: `{ path: ${there(path)}, line: item, create: true }`,
    })),
    deedsOnHost(file),
  );

/** Steps for each of what is found. */
export const looping = ({ hosts, handlers, file }: Places): fc.Arbitrary<Piece> => {
  const local = handlers.filter(({ by }) => by === undefined);
  return fc
    .record({
      look: looks(file),
      calls: fc.array(ofItem(file), { minLength: 1, maxLength: 2 }),
      when: rarely(fc.constantFrom(...hosts)),
      once: rarely(fc.constant('runOnce: true')),
      twice: rarely(fc.constant(true)),
      ignore: seldom(fc.constant('ignoreErrors: true')),
      notify: local.length === 0 ? fc.constant(undefined) : often(fc.constantFrom(...local)),
    })
    .map(({ look, calls, when, once, twice, ignore, notify }): Piece => (write) => {
      const constant = write.constant();
      const found = `[${look.items}].flat()`;
      const items = twice ? found : `new Set(${found})`;
      return [
        `const ${constant} = ${look.module}(${write.name()}, ${look.args}, { ignoreErrors: true });`,
        `yield ${constant};`,
        `yield each(${write.name()}, (run) => { const r = run.tryResult(${constant}); return r ? ${items} : []; }, function* (item) {`,
        ...calls.map((make) => step(write, make(at))),
        `}${options([when && onlyOn(when), once, ignore, notify && `notify: ${notify.constant}`])});`,
      ].join('\n');
    });
};
