/** A random program: a playbook as TypeScript, which is both what runs and what is printed. */
import { writeFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import fc from 'fast-check';
import * as tsplay from '../../../engine/index.ts';
import type { Playbook } from '../../../engine/dsl/play.ts';
import { handlerPieces, type HandlerPiece } from './handler-pieces.ts';
import { laterPlay, type LaterPlay } from './later-play.ts';
import { someNames } from './names.ts';
import { seldom } from './odds.ts';
import { emphases, pieces, type Emphasis } from './pieces.ts';
import { quoted, type Piece, type Writer } from './source.ts';

export interface Program {
  readonly hosts: readonly string[];
  /** The playbook. Its ROOT is a folder that holds one root for each host. */
  readonly source: string;
}

interface Shape {
  readonly hosts: readonly string[];
  readonly free: boolean;
  readonly serial: number | undefined;
  readonly ends: string | undefined;
  readonly order: string | undefined;
  /** Facts cost a host as much as all the steps do. */
  readonly facts: boolean;
  readonly emphasis: Emphasis | undefined;
}

/** What only the run knows. */
interface InRun {
  /** From that piece on steps are made behind facts. */
  readonly factsFirst: number | undefined;
}

const seldomOf = <T>(...values: readonly T[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...values) },
  );

const shape: fc.Arbitrary<Shape> = fc.record({
  hosts: fc.oneof(
    { weight: 4, arbitrary: fc.constant(['a', 'b']) },
    { weight: 1, arbitrary: fc.constant(['a', 'b', 'c']) },
  ),
  free: seldomOf(true).map((free) => free ?? false),
  serial: seldomOf(1, 2),
  ends: seldomOf('anyErrorsFatal: true', 'maxFailPercentage: 0', 'forceHandlers: true'),
  order: seldomOf('reverse', 'sorted', 'reverse-sorted'),
  facts: seldomOf(true).map((facts) => facts ?? false),
  emphasis: fc.oneof(fc.constant(undefined), fc.constantFrom(...emphases)),
});

/** Two to four pieces, which are two to eight steps mostly; where hosts do not wait for each other, none reaches into another. */
const programsFor = (of: Shape, systems: boolean, inRun?: InRun): fc.Arbitrary<Program> => {
  const { hosts, free, emphasis } = of;
  return someNames.chain((file) => {
    const places = { hosts, across: !free, systems, file, inRun: inRun !== undefined };
    return fc
      .tuple(handlerPieces(places, emphasis === 'handlers' ? 1 : 0), seldom(laterPlay(places)))
      .chain(([handlers, later]) =>
        fc
          .array(pieces({ ...places, handlers }, emphasis), { minLength: 2, maxLength: 4 })
          .map((list) => ({ hosts, source: sourceOf(of, { handlers, list, later, inRun }) })),
      );
  });
};

/** For shells of this machine, whose roots are folders beside each other. */
export const programs = shape.chain((of) => programsFor(of, false));

/** With steps that only the run knows, behind facts and for items, and branches by a value. */
export const programsInRun = fc
  .tuple(shape, fc.oneof(fc.constant(undefined), fc.constantFrom(0, 1)))
  .chain(([of, factsFirst]) => programsFor(of, false, { factsFirst }));

/** For two systems, with units and accounts of their own. */
export const programsOfSystems = shape.chain((of) =>
  programsFor({ ...of, hosts: ['a', 'b'] }, true),
);

interface Parts {
  readonly handlers: readonly HandlerPiece[];
  readonly list: readonly Piece[];
  readonly later: LaterPlay | undefined;
  readonly inRun: InRun | undefined;
}

function sourceOf(of: Shape, { handlers, list, later, inRun }: Parts): string {
  let steps = 0;
  let constants = 0;
  const writer: Writer = {
    name: () => `'step ${(steps += 1)}'`,
    constant: () => `v${(constants += 1)}`,
  };
  const written = (some: readonly Piece[]): string => some.map((piece) => piece(writer)).join('\n');
  const all = later?.adding ? [...list, later.adding] : list;
  const factsFirst = inRun?.factsFirst;
  const text =
    factsFirst === undefined
      ? written(all)
      : `${written(all.slice(0, factsFirst))}\nif (facts.cpus === 0) return;\n${written(all.slice(factsFirst))}`;
  const used = handlers.filter(({ constant }) => text.includes(`notify: ${constant}`));
  const body = [...used.map((each) => each.text), text].join('\n');
  const plays = [playText(settingsOf(of, factsFirst !== undefined), body)];
  if (later) {
    const settings = [`name: 'later'`, `hosts: ${quoted(later.hosts)}`, 'gatherFacts: false'];
    plays.push(playText(settings, written(later.pieces)));
  }
  const source = plays.join('\n');
  const named = Object.keys(tsplay).filter((name) => new RegExp(`\\b${name}\\(`).test(source));
  return [
    ...(body.includes('writeFileSync') ? [`import { writeFileSync } from 'node:fs';`] : []),
    `import { ${[...new Set([...named, 'playbook'])].toSorted().join(', ')} } from 'tsplay';`,
    '',
    `const root = process.env['ROOT'] ?? '/tmp/root';`,
    "const of = (name = '', path = '') => `${root}/${name}/${path}`;",
    "const here = (path = '') => `${root}/controller/${path}`;",
    '',
    `export default playbook([${source}]);`,
  ].join('\n');
}

function settingsOf(of: Shape, factsFirst: boolean): readonly string[] {
  const settings = [`name: 'random'`, `hosts: 'web'`];
  if (factsFirst) settings.push(`gather: 'first'`);
  else if (!of.facts) settings.push('gatherFacts: false');
  if (of.free) settings.push(`strategy: 'free'`);
  if (of.serial !== undefined) settings.push(`serial: ${of.serial}`);
  if (of.order !== undefined) settings.push(`order: ${quoted(of.order)}`);
  // Without order between the hosts, which of them a failure ends is left to chance.
  if (of.ends !== undefined && (!of.free || of.ends.startsWith('force'))) settings.push(of.ends);
  return settings;
}

const playText = (settings: readonly string[], body: string): string =>
  `play({\n${settings.join(',\n')},\n*tasks({ host${settings.includes(`gather: 'first'`) ? ', facts' : ''} }) {\nconst at = (path = '') => of(host.name, path);\n${body}\n},\n}),`;

/** The program as a playbook for that folder of roots. */
export function playbookOf(program: Program, root: string): Playbook {
  const code = program.source
    .split('\n')
    .filter((line) => !line.startsWith('import '))
    .join('\n')
    .replace('export default', 'return');
  const exported = Object.entries(tsplay);
  const names = exported.map(([name]) => name);
  const made: unknown = compileFunction(code, [...names, 'process', 'writeFileSync'], {
    filename: '/random.ts',
  })(...exported.map(([, value]) => value), { env: { ROOT: root } }, writeFileSync);
  if (!isPlaybook(made)) throw new Error('the program is no playbook');
  return made;
}

const isPlaybook = (made: unknown): made is Playbook =>
  typeof made === 'object' && made !== null && 'kind' in made && made.kind === 'playbook';
