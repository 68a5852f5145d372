/** A change that comes by itself a moment later, and a step that waits for it. */
import fc from 'fast-check';
import { deed } from './deeds.ts';
import { often } from './odds.ts';
import type { Places } from './pieces.ts';
import { inRoot, onlyOn, options, quoted, step, type Call, type Piece } from './source.ts';

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

/** Each host waits for a change of its own; or one of them, for what comes to another. */
export const waiting = ({ hosts, across, file }: Places): fc.Arbitrary<Piece> => {
  const someHost = fc.constantFrom(...hosts);
  const elsewhere = across
    ? often(fc.record({ by: someHost, to: someHost }))
    : fc.constant(undefined);
  return fc
    .tuple(deed(file), fc.constantFrom(...Object.keys(waits)), elsewhere)
    .map(([{ script, path }, how, other]): Piece => (write) => {
      const done = inRoot(write.constant(), other?.to);
      const there = inRoot(path, other?.to);
      const who = other ? [onlyOn(other.by), `on: ${quoted(other.to)}`] : [];
      const doing = `${script.replaceAll('P', `\${${there}}`)}; echo done > \${${done}}-; mv \${${done}}- \${${done}}`;
      const background = {
        module: 'shell',
        args: `{ script: \`(sleep 0.05; ${doing}) >/dev/null 2>&1 &\` }`,
      };
      const wait = waits[how]?.(done);
      if (!wait) throw new Error(`no wait is called ${how}`);
      return [
        step(write, background, options(who)),
        step(write, wait, options([...who, ...(wait.options ?? [])])),
      ].join('\n');
    });
};
