/** A second play, of hosts that the first one has found or made. */
import fc from 'fast-check';
import { addedHost } from '../fresh-roots.ts';
import { looking, own, type Places } from './pieces.ts';
import { at, onlyOn, options, quoted, step, type Piece } from './source.ts';

export interface LaterPlay {
  readonly hosts: string;
  /** At the end of the first play: what puts hosts into the group. */
  readonly adding: Piece | undefined;
  readonly pieces: readonly Piece[];
}

/** @param first the places of the first play */
export function laterPlay(first: Omit<Places, 'handlers'>): fc.Arbitrary<LaterPlay> {
  const { hosts, systems, file } = first;
  const someHost = fc.constantFrom(...hosts);
  const group = 'late';
  const grouped = file.map((path): Piece => (write) => {
    const constant = write.constant();
    const key = `(r) => (r.tryResult(${constant})?.exists ? ${quoted(group)} : 'early')`;
    return [
      `const ${constant} = stat(${write.name()}, { path: ${at(path)} });`,
      `yield ${constant};`,
      step(write, { module: 'groupBy', args: `{ key: ${key} }` }),
    ].join('\n');
  });
  const added = someHost.map((by): Piece => (write) => {
    const vars = `{ transport: 'fake', host: 'added' }`;
    const args = `{ name: ${quoted(addedHost)}, groups: [${quoted(group)}], vars: ${vars} }`;
    return step(write, { module: 'addHost', args }, options([onlyOn(by)]));
  });
  const places = { ...first, across: false, handlers: [] };
  return fc
    .record({
      // A group that is perhaps empty: what is behind facts is not known before they are.
      hosts: fc.constantFrom('web', `${group}?`),
      // There is no further system to add.
      adding: systems ? grouped : fc.oneof(grouped, added),
      pieces: fc.array(fc.oneof({ weight: 3, arbitrary: own(places) }, looking(places)), {
        minLength: 1,
        maxLength: 2,
      }),
    })
    .map((play) => (play.hosts === `${group}?` ? play : { ...play, adding: undefined }));
}
