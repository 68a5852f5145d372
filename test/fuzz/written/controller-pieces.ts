/** Files of the controller: fetched, written here, sent. */
import fc from 'fast-check';
import { content } from './deeds.ts';
import type { Places } from './pieces.ts';
import { at, onlyOn, options, quoted, step, type Piece } from './source.ts';

const localFiles = ['one', 'two'] as const;

const localFile = fc.constantFrom(...localFiles);

const onController = (name: string): string => `here(${quoted(name)})`;

/** Files of the controller: fetched, written here, sent. */
export const controller = ({ hosts, across: reaches, file }: Places): fc.Arbitrary<Piece> => {
  const someHost = fc.constantFrom(...hosts);
  const sent = fc.oneof(
    fc.tuple(localFile, file).map(
      ([from, to]): Piece =>
        (write) =>
          step(write, { module: 'copy', args: `{ dest: ${at(to)}, src: ${onController(from)} }` }),
    ),
    fc.tuple(localFile, file).map(
      ([from, to]): Piece =>
        (write) =>
          step(write, {
            module: 'template',
            args: `{ dest: ${at(to)}, src: ${onController(from)}, vars: { who: host.name } }`,
          }),
    ),
    fc.constantFrom('made', 'real').map(
      (to): Piece =>
        (write) =>
          step(write, {
            module: 'mirror',
            args: `{ dest: ${at(to)}, src: ${onController('folder')} }`,
          }),
    ),
  );
  if (!reaches) return sent;
  const written = fc.oneof(
    fc.tuple(file, localFile, someHost).map(
      ([from, to, by]): Piece =>
        (write) =>
          step(
            write,
            {
              module: 'fetch',
              args: `{ src: ${at(from)}, dest: ${onController(to)}, flat: true }`,
            },
            options([onlyOn(by), 'ignoreErrors: true']),
          ),
    ),
    fc.tuple(fc.constantFrom('one', 'two', 'folder/in', 'folder/more'), content, someHost).map(
      ([to, text, by]): Piece =>
        (write) =>
          step(
            write,
            {
              module: 'local',
              args: `{ do: () => () => writeFileSync(${onController(to)}, ${quoted(text)}) }`,
            },
            options([onlyOn(by)]),
          ),
    ),
    fc.tuple(fc.constantFrom('one', 'two', 'folder/in'), someHost).map(
      ([to, by]): Piece =>
        (write) =>
          step(
            write,
            { module: 'shell', args: `{ script: \`echo {{who}} >> \${${onController(to)}}\` }` },
            options([onlyOn(by), `on: 'localhost'`]),
          ),
    ),
    fc.tuple(fc.constantFrom('one', 'two'), content, someHost).map(
      ([to, text, by]): Piece =>
        (write) =>
          step(
            write,
            { module: 'copy', args: `{ dest: ${onController(to)}, content: ${quoted(text)} }` },
            options([onlyOn(by), `on: 'localhost'`]),
          ),
    ),
  );
  return fc.tuple(written, sent, fc.boolean()).map(
    ([first, then, both]): Piece =>
      (write) =>
        both ? `${first(write)}\n${then(write)}` : first(write),
  );
};
