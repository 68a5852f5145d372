/**
 * What random programs are made of: arbitraries of pieces of a playbook. Each piece is what a
 * person could write; none of them leaves to chance what it does, so two runs must agree.
 */
import fc from 'fast-check';
import { controller } from './controller-pieces.ts';
import { deed, deedsOnHost, folders, scripted } from './deeds.ts';
import { otherUser } from '../fresh-roots.ts';
import type { HandlerPiece } from './handler-pieces.ts';
import type { Name } from './names.ts';
import { deedsOnSystem } from './system-deeds.ts';
import { often, rarely, seldom } from './odds.ts';
import { looping } from './looping.ts';
import { waiting } from './waiting.ts';
import {
  at,
  inRoot,
  onlyOn,
  options,
  quoted,
  step,
  stepOf,
  type At,
  type Piece,
} from './source.ts';

export interface Places {
  readonly hosts: readonly string[];
  /** Steps of one host may reach into another: not where hosts do not wait for each other. */
  readonly across: boolean;
  readonly handlers: readonly HandlerPiece[];
  /** Each host is a system of its own, with units and accounts. */
  readonly systems: boolean;
  readonly file: Name;
  /** Some steps are known only in the run, or chosen before it. */
  readonly inRun: boolean;
}

const isLocal = ({ by }: HandlerPiece): boolean => by === undefined;

/** Options of a step that works on its own host's root. */
const ownOptions = ({ hosts, handlers }: Places): fc.Arbitrary<string> => {
  const someHost = fc.constantFrom(...hosts);
  const usable = handlers.filter(isLocal);
  return fc
    .record({
      notify: usable.length === 0 ? fc.constant(undefined) : often(fc.constantFrom(...usable)),
      when: seldom(someHost),
      ignore: seldom(fc.constant(true)),
      once: rarely(fc.constant(true)),
      throttle: rarely(fc.constant(1)),
      become: rarely(fc.constant(otherUser.name)),
      unchanged: rarely(fc.constant(true)),
      planned: rarely(fc.constant(true)),
    })
    .map(({ notify, when, ignore, once, throttle, become, unchanged, planned }) =>
      options([
        notify && `notify: ${notify.constant}`,
        when && onlyOn(when),
        ignore && 'ignoreErrors: true',
        once && 'runOnce: true',
        throttle && `throttle: ${throttle}`,
        become && `become: ${quoted(become)}`,
        unchanged && 'changedWhen: false',
        planned && 'check: true',
      ]),
    );
};

const deedsIn = ({ systems, file }: Places) =>
  systems ? fc.oneof(deedsOnHost(file), deedsOnSystem) : deedsOnHost(file);

/** A step of a host on its own root. */
export const own = (places: Places): fc.Arbitrary<Piece> =>
  fc.tuple(deedsIn(places), ownOptions(places)).map(
    ([make, more]): Piece =>
      (write) =>
        step(write, make(at), more),
  );

/** What one host does in the root of another: as its delegate, from the controller, or from afar. */
const across = (places: Places): fc.Arbitrary<Piece> => {
  const { hosts, handlers, file } = places;
  const deeds = deedsIn(places);
  const someHost = fc.constantFrom(...hosts);
  const notified =
    handlers.length === 0 ? fc.constant(undefined) : often(fc.constantFrom(...handlers));
  const delegated = fc
    .tuple(deeds, someHost, someHost, notified, fc.constantFrom('when', 'apart', 'once'))
    .map(([make, by, to, notify, how]): Piece => (write) => {
      const there: At = (path) => inRoot(path, to);
      const more = [`on: ${quoted(to)}`, notify && `notify: ${notify.constant}`];
      if (how === 'once' && !notify)
        return step(write, make(there), options(['runOnce: true', ...more]));
      return stepOf(notify?.by ?? by, how === 'apart')(write, make(there), more);
    });
  const pushed = fc.tuple(deed(file), someHost, someHost, fc.boolean(), fc.boolean()).map(
    ([{ script, path }, by, to, here, apart]): Piece =>
      (write) =>
        stepOf(by, apart)(
          write,
          { module: 'shell', args: `{ script: ${scripted(script, inRoot(path, to))} }` },
          [here ? `on: 'localhost'` : undefined],
        ),
  );
  const notifying =
    handlers.length === 0
      ? []
      : [
          fc.tuple(deeds, someHost, fc.constantFrom(...handlers)).map(
            ([make, by, notify]): Piece =>
              (write) =>
                step(
                  write,
                  make(at),
                  options([onlyOn(notify.by ?? by), `notify: ${notify.constant}`]),
                ),
          ),
        ];
  // Of another system the controller has no files.
  return fc.oneof(delegated, ...(places.systems ? [] : [pushed]), ...notifying);
};

/** Something is looked at, and a later step writes what was seen, or is done where it was seen. */
export const looking = (places: Places): fc.Arbitrary<Piece> => {
  const { file } = places;
  const look = fc.oneof(
    file.map((path) => ({
      module: 'stat',
      args: `{ path: ${at(path)}, digest: true }`,
      seen: (r: string) => `${r}.exists ? ${r}.type + ${r}.mode + ${r}.digest : 'no'`,
      holds: (r: string) => `${r}.exists`,
    })),
    file.map((path) => ({
      module: 'stat',
      args: `{ path: ${at(path)}, follow: true }`,
      seen: (r: string) => `${r}.exists ? ${r}.type + ${r}.mode + ${r}.size : 'no'`,
      holds: (r: string) => `${r}.mode !== '0600'`,
    })),
    file.map((path) => ({
      module: 'slurp',
      args: `{ path: ${at(path)} }`,
      seen: (r: string) => `${r}.text`,
      holds: (r: string) => `${r}.text.includes('A')`,
    })),
    fc.constantFrom(...folders).map((path) => ({
      module: 'find',
      args: `{ paths: ${at(path)} }`,
      seen: (r: string) => `${r}.files.map((each) => each.path.slice(root.length)).join()`,
      holds: (r: string) => `${r}.files.length > 1`,
    })),
    file.map((path) => ({
      module: 'query',
      args: `{ shell: \`cat \${${at(path)}} 2>&1 | wc -c\`, codes: 'any' }`,
      seen: (r: string) => `${r}.stdout`,
      holds: (r: string) => `${r}.stdout.trim() !== '2'`,
    })),
  );
  const between = fc.array(own(places), { maxLength: 2 });
  const then = often(deedsOnHost(file));
  return fc
    .tuple(look, between, file, ownOptions(places), then)
    .map(([{ module, args, seen, holds }, middle, to, more, deed]): Piece => (write) => {
      const constant = write.constant();
      const result = `r.tryResult(${constant})`;
      const writing = {
        module: 'copy',
        args: `{ dest: ${at(to)}, content: (r) => { const seen = ${result}; return \`saw \${seen ? ${seen('seen')} : 'nothing'}\\n\`; } }`,
      };
      const condition = `when: (r) => { const seen = ${result}; return seen !== undefined && ${holds('seen')}; }`;
      return [
        `const ${constant} = ${module}(${write.name()}, ${args}, { ignoreErrors: true });`,
        `yield ${constant};`,
        ...middle.map((piece) => piece(write)),
        deed ? step(write, deed(at), options([condition])) : step(write, writing, more),
      ].join('\n');
    });
};

const failing = ({ hosts }: Places): fc.Arbitrary<Piece> =>
  fc.tuple(fc.constantFrom(...hosts), fc.boolean(), rarely(fc.constant(1))).map(
    ([host, shell, retries]): Piece =>
      (write) =>
        shell
          ? step(
              write,
              { module: 'shell', args: `{ script: \`echo part >> \${${at('g')}}; exit 3\` }` },
              options([onlyOn(host), retries && `retries: ${retries}, delay: 0`]),
            )
          : step(write, { module: 'fail', args: `{ message: 'no' }` }, options([onlyOn(host)])),
  );

const blocks = (places: Places): fc.Arbitrary<Piece> => {
  const list = (least: number) => fc.array(inBlock(places), { minLength: least, maxLength: 2 });
  return fc
    .record({
      before: list(0),
      failure: often(failing(places)),
      after: list(0),
      rescue: often(list(1)),
      always: often(list(1)),
      // Whom a failure holds back hangs on who arrives first, where nobody waits for others.
      held: seldom(fc.constantFrom('throttle: 1', places.across ? 'rolling: true' : 'throttle: 1')),
      ignore: rarely(fc.constant(true)),
      when: rarely(fc.constantFrom(...places.hosts)),
      become: rarely(fc.constant(otherUser.name)),
      notify: places.handlers.some(isLocal)
        ? rarely(fc.constantFrom(...places.handlers.filter(isLocal)))
        : fc.constant(undefined),
    })
    .map(({ before, failure, after, rescue, always, held, ...more }): Piece => (write) => {
      const name = write.name();
      const all = [...before, ...(failure ? [failure] : []), ...after];
      if (all.length === 0) return '';
      const generator = (pieces: readonly Piece[]) =>
        `[...(function* () {\n${pieces.map((piece) => piece(write)).join('\n')}\n})()]`;
      const parts = [`tasks: ${generator(all)}`];
      if (rescue) parts.push(`rescue: ${generator(rescue)}`);
      if (always) parts.push(`always: ${generator(always)}`);
      const text = parts.join(', ');
      // It is refused with runOnce; and who comes first into a throttle is left to chance.
      const chance = held === 'throttle: 1' && text.includes("of('");
      const holds = text.includes('runOnce') || chance ? undefined : held;
      const { ignore, when, become, notify } = more;
      const own = options([
        holds,
        ignore && 'ignoreErrors: true',
        when && onlyOn(when),
        become && `become: ${quoted(become)}`,
        notify && `notify: ${notify.constant}`,
      ]);
      return `yield block(${name}, { ${text} }${own});`;
    });
};

/** One of two branches, by a plain value. */
const choosing = (places: Places): fc.Arbitrary<Piece> => {
  const branch = fc.array(own(places), { minLength: 1, maxLength: 2 });
  return fc
    .tuple(branch, branch, fc.constantFrom('one', 'two'))
    .map(([one, two, value]): Piece => (write) => {
      const list = (pieces: readonly Piece[]): string =>
        `(function* () {\n${pieces.map((piece) => piece(write)).join('\n')}\n})()`;
      const name = write.name();
      return `yield choose(${name}, ${quoted(value)}, { one: ${list(one)}, two: ${list(two)} });`;
    });
};

const inBlock = (places: Places): fc.Arbitrary<Piece> =>
  fc.oneof(
    { weight: 4, arbitrary: own(places) },
    looking(places),
    ...(places.inRun ? [looping(places)] : []),
    ...(places.across ? [across(places)] : []),
  );

/** The play ends before its last step: for one host, for its batch, for all. */
const ending = ({ hosts }: Places): fc.Arbitrary<Piece> =>
  fc.tuple(fc.constantFrom('endHost', 'endBatch', 'endPlay'), fc.constantFrom(...hosts)).map(
    ([module, host]): Piece =>
      (write) =>
        step(write, { module, args: '{}' }, options([onlyOn(host)])),
  );

const flush: fc.Arbitrary<Piece> = fc.constant(() => 'yield flushHandlers();');

/** What a program has more of than others; `handlers` are flushed more often too. */
export const emphases = [
  'looking',
  'controller',
  'waiting',
  'handlers',
  'across',
  'blocks',
] as const;
export type Emphasis = (typeof emphases)[number];

/** Any piece. */
export function pieces(places: Places, emphasis?: Emphasis): fc.Arbitrary<Piece> {
  const of = <T>(kind: Emphasis, weight: number, arbitrary: fc.Arbitrary<T>) => ({
    weight: kind === emphasis ? weight * 5 : weight,
    arbitrary,
  });
  return fc.oneof(
    { weight: 10, arbitrary: own(places) },
    of('looking', 4, looking(places)),
    of('controller', 3, controller(places)),
    of('blocks', 2, blocks(places)),
    of('waiting', 2, waiting(places)),
    ...(places.inRun
      ? [
          { weight: 6, arbitrary: looping(places) },
          { weight: 2, arbitrary: choosing(places) },
        ]
      : []),
    { weight: 1, arbitrary: failing(places) },
    ...(places.handlers.length > 0 ? [of('handlers', 2, flush)] : []),
    // Where hosts do not wait for each other it is chance how far they are.
    ...(places.across
      ? [of('across', 5, across(places)), { weight: 1, arbitrary: ending(places) }]
      : []),
  );
}
