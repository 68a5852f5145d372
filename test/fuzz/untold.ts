/**
 * What stands behind commands that change what they do not say (rule 21, check): check takes them
 * for
 * changing nothing, so that it is not held to what they changed, and to all the rest it is.
 */
import type { Program } from './written/program.ts';
import { isOfSystem } from './written/system-deeds.ts';

/** A step as it is written. */
interface Line {
  /** Infinity for handlers: they may run at each flush. */
  readonly number: number;
  readonly text: string;
}

/** What a step looks at or changes, as `host kind of path`. */
type Things = readonly string[];

export interface Untold {
  /** Whether what the step finds on that host may be due to an untold change before it. */
  isBehind(host: string, name: string): boolean;
}

export function untoldOf(program: Program): Untold {
  const lines = linesOf(program.source);
  const blurred = /state: '(?:link|hard)'|ln -sfn/.test(program.source);
  const things = (line: Line, host?: string): Things => thingsOf(program, line, { host, blurred });
  const isUntold = ({ text }: Line): boolean =>
    (/\bshell\('/.test(text) && !text.includes('invalidates:')) || /\blocal\('/.test(text);
  const tainted = new Map<string, number>();
  const taint = (line: Line): void => {
    const from = Number.isFinite(line.number) ? line.number : 0;
    for (const thing of things(line))
      tainted.set(thing, Math.min(tainted.get(thing) ?? Infinity, from));
  };
  const isTainted = (line: Line, host?: string): boolean =>
    things(line, host).some((thing) => (tainted.get(thing) ?? Infinity) < line.number);
  // What a step behind them does is due to them too, and may notify.
  for (let before = -1; before !== tainted.size;) {
    before = tainted.size;
    for (const line of lines) {
      if (!isUntold(line) && !isTainted(line)) continue;
      taint(line);
      const [, handler] = /notify: (h\d+)/.exec(line.text) ?? [];
      for (const other of lines)
        if (handler !== undefined && other.text.includes(`const ${handler} =`)) taint(other);
    }
  }
  return {
    isBehind(host, name) {
      const line = lines.find(({ text }) => text.includes(`('${name}'`));
      return line !== undefined && isTainted(line, host);
    },
  };
}

function linesOf(source: string): readonly Line[] {
  let items = '';
  const lines = source.split('\n').flatMap((text): readonly Line[] => {
    if (text.startsWith('}')) items = '';
    const [, kind, number] = /\('(step|handler) (\d+)'/.exec(text) ?? [];
    if (kind === undefined) return [];
    const line = { number: kind === 'step' ? Number(number) : Infinity, text: text + items };
    // Its steps are about what was looked at for their items.
    if (text.startsWith('yield each(')) items = ` ${/tryResult\(v\d+\)/.exec(text)?.[0]}`;
    return [line];
  });
  // Who reads a result is about what was looked at for it.
  return lines.map((line) => {
    const read = [...line.text.matchAll(/tryResult\((v\d+)\)/g)].map(([, constant]) => constant);
    const looked = lines.filter(({ text }) =>
      read.some((constant) => text.startsWith(`const ${constant} =`)),
    );
    return { ...line, text: [line.text, ...looked.map(({ text }) => text)].join(' ') };
  });
}

/** @param blurred links are switched: any path of a host may be any other */
function thingsOf(
  { hosts }: Program,
  { text }: Line,
  { host, blurred }: { readonly host: string | undefined; readonly blurred: boolean },
): Things {
  const [, only] = /(?:r\.host|host\.name) === '(\w)'/.exec(text) ?? [];
  const [, there] = /\bon: '(\w)'/.exec(text) ?? [];
  const all = only === undefined ? [...hosts, 'd'] : [only];
  const own = host === undefined ? all : [host];
  return [
    ...[...text.matchAll(/\bat\('?([^')]*)'?\)/g)].flatMap(([, path = '']) =>
      own.map((each) => `${each} ${kindOf(path, blurred)}`),
    ),
    ...[...text.matchAll(/\bof\('(\w)', '([^']*)'\)/g)].map(
      ([, of = '', path = '']) => `${of} ${kindOf(path, blurred)}`,
    ),
    ...(/\bhere\(/.test(text) ? ['controller'] : []),
    ...(isOfSystem(text)
      ? (there === undefined ? own : [there]).map((each) => `${each} system`)
      : []),
  ];
}

const kindOf = (path: string, blurred: boolean): string => {
  if (blurred) return '';
  if (/\/\.\.\//.test(path) || !path.includes('/'))
    return /^(?:real|other|current|made|theirs)$/.test(path) ? 'below' : 'file';
  return 'below';
};
