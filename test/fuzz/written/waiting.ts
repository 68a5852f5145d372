/** A change that comes by itself a moment later, and a step that waits for it. */
import fc from 'fast-check';
import { deed, deedsOnHost } from './deeds.ts';
import { often } from './odds.ts';
import type { Places } from './pieces.ts';
import {
  at,
  inRoot,
  options,
  quoted,
  step,
  stepOf,
  type Call,
  type Piece,
  type Writer,
} from './source.ts';

interface Wait extends Call {
  readonly options?: readonly string[];
}

const patience = ['retries: 200', 'delay: 0.05'] as const;
const until = (holds: string) => [`until: (result) => ${holds}`, ...patience];

/** @param done the file that is there when the change has come, as source */
const waits: Readonly<Record<string, (done: string) => Wait>> = {
  stat: (done) => ({
    module: 'stat',
    args: `{ path: ${done}, digest: true }`,
    options: until('result.exists'),
  }),
  slurp: (done) => ({
    module: 'slurp',
    args: `{ path: ${done} }`,
    options: until(`result.text !== ''`),
  }),
  query: (done) => ({
    module: 'query',
    args: `{ shell: \`test -s \${${done}}\`, codes: 'any' }`,
    options: until('result.code === 0'),
  }),
  // Check does not wait, and what is not there yet fails.
  retries: (done) => ({
    module: 'slurp',
    args: `{ path: ${done} }`,
    options: [...patience, 'ignoreErrors: true'],
  }),
  waitFor: (done) => ({ module: 'waitFor', args: `{ path: ${done}, contains: 'done' }` }),
  pause: () => ({ module: 'pause', args: '{ seconds: 0.8 }' }),
};

interface Elsewhere {
  readonly by: string;
  readonly to: string;
  readonly apart: boolean;
  readonly between: boolean;
  /** It is looked for from the host that waits, not on the one that changes. */
  readonly afar: boolean;
}

/** One host waits for what comes to another: there, or from afar, while that one goes on. */
const elsewhere = ({ hosts, systems }: Places): fc.Arbitrary<Elsewhere> => {
  const someHost = fc.constantFrom(...hosts);
  const there = fc.record({
    by: someHost,
    to: someHost,
    apart: fc.boolean(),
    between: fc.boolean(),
    afar: fc.constant(false),
  });
  // Of another system there is nothing to be seen.
  if (systems) return there;
  const two = fc.shuffledSubarray([...hosts], { minLength: 2, maxLength: 2 });
  const afar = fc
    .tuple(two, fc.boolean())
    .map(([[by = '', to = ''], apart]) => ({ by, to, apart, between: true, afar: true }));
  return fc.oneof(there, afar);
};

/** Each host waits for a change of its own, or one of them for another's. */
export const waiting = (places: Places): fc.Arbitrary<Piece> => {
  const { file } = places;
  const other = places.across ? often(elsewhere(places)) : fc.constant(undefined);
  // Modules refuse a path with `..` in it.
  const next = (path: string, of: Elsewhere | undefined) => {
    if (path.includes('..')) return fc.constant(undefined);
    const work = deedsOnHost(fc.constant(path));
    return of?.afar ? work : often(work);
  };
  return fc
    .tuple(deed(file), fc.constantFrom(...Object.keys(waits)), other)
    .chain(([made, how, of]) =>
      fc.tuple(fc.constant({ ...made, how, other: of }), next(made.path, of)),
    )
    .map(([{ script, path, how, other }, next]): Piece => (write) => {
      const done = inRoot(write.constant(), other?.to);
      const there = inRoot(path, other?.to);
      const stepBy = other ? stepOf(other.by, other.apart) : ofAll;
      const where = other ? [`on: ${quoted(other.to)}`] : [];
      const doing = `${script.replaceAll('P', `\${${there}}`)}; echo done > \${${done}}-; mv \${${done}}- \${${done}}`;
      const sign = other?.between ? write.constant() : undefined;
      const first = sign === undefined ? 'sleep 0.05' : comes(inRoot(sign, other?.to));
      const background = {
        module: 'shell',
        args: `{ script: \`(${first}; ${doing}) >/dev/null 2>&1 &\` }`,
      };
      const wait = waits[how]?.(done);
      if (!wait) throw new Error(`no wait is called ${how}`);
      return [
        stepBy(write, background, where),
        ...(sign === undefined ? [] : [step(write, writing(sign))]),
        stepBy(write, wait, [...(other?.afar ? [] : where), ...(wait.options ?? [])]),
        ...(next ? [step(write, next(at))] : []),
      ].join('\n');
    });
};

const ofAll = (write: Writer, call: Call, more: readonly (string | undefined)[] = []): string =>
  step(write, call, options(more));

/** A step between: who does it reads ahead before the change comes, which waits for it. */
const writing = (sign: string): Call => ({
  module: 'copy',
  args: `{ dest: ${at(sign)}, content: 'go\\n' }`,
});

/** A shell waits until the file is there, for a few seconds at most. */
const comes = (path: string): string =>
  `n=0; until test -s \${${path}} || [ $n -ge 200 ]; do sleep 0.02; n=$((n+1)); done; sleep 0.05`;
