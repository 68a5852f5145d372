/** The functions that templates may call. Everything else belongs into TypeScript. */
import { stringify } from 'yaml';
import { isSecret } from '../secrets/secret.ts';
import { revealAll, toText, type Taint } from './to-text.ts';

type TemplateFunction = (args: readonly unknown[], taint: Taint) => unknown;

export interface FunctionSpec {
  /** Least and most arguments. */
  readonly takes: readonly [number, number];
  readonly call: TemplateFunction;
}

const equal = (a: unknown, b: unknown, taint: Taint): boolean =>
  plainOf(a, taint) === plainOf(b, taint);

const plainOf = (value: unknown, taint: Taint): unknown =>
  isSecret(value) ? toText(value, taint) : value;

/** By name; `if`, `unless`, `each`, `with` and `lookup` are Handlebars' own. */
export const templateFunctions: Readonly<Record<string, FunctionSpec>> = {
  /** `{{json value}}`, `{{json value 2}}` indented. */
  json: {
    takes: [1, 2],
    call: ([value, indent], taint) =>
      JSON.stringify(revealAll(value, taint), null, indent === undefined ? 0 : Number(indent)),
  },
  /** `{{yaml value}}`: no line feed at the end; quoted so that YAML 1.1 reads the same. */
  yaml: {
    takes: [1, 1],
    call: ([value], taint) =>
      stringify(revealAll(value, taint), { compat: 'yaml-1.1', lineWidth: 0 }).trimEnd(),
  },
  /** `{{indent text 4}}`: every line but the first is indented. */
  indent: {
    takes: [2, 2],
    call: ([value, columns], taint) =>
      toText(value, taint).replace(/\n(?=[^\n])/g, `\n${' '.repeat(Number(columns))}`),
  },
  /** `{{join list ", "}}` */
  join: {
    takes: [1, 2],
    call: ([list, separator], taint) => {
      if (!Array.isArray(list)) throw new TypeError('join takes a list');
      return list
        .map((item) => toText(item, taint))
        .join(separator === undefined ? ',' : toText(separator, taint));
    },
  },
  /** `{{default port 80}}`: the second where the first is not there. */
  default: { takes: [2, 2], call: ([value, otherwise]) => value ?? otherwise },
  eq: { takes: [2, 2], call: ([a, b], taint) => equal(a, b, taint) },
  ne: { takes: [2, 2], call: ([a, b], taint) => !equal(a, b, taint) },
  not: { takes: [1, 1], call: ([value]) => !isTrue(value) },
  and: { takes: [1, 9], call: (values) => values.every(isTrue) },
  or: { takes: [1, 9], call: (values) => values.some(isTrue) },
};

/** As `#if` sees it: empty lists and texts, 0, null and undefined are false. */
export function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
