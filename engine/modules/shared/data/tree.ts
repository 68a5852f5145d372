/** Plain data with a value set or taken away: what a file must hold after an edit. */
import { indexOf, type DataPath, type PlainData } from './argument.ts';

/** `{ a: { b: value } }` for the path a, b. */
export const nested = (path: DataPath, value: PlainData): PlainData =>
  path.reduceRight<PlainData>((inner, part) => ({ [part]: inner }), value);

/** A copy with the value at the path. */
export function setIn(data: unknown, path: DataPath, value: PlainData): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(data)) {
    const index = indexOf(part) ?? data.length;
    const items: unknown[] = [...(data as readonly unknown[])];
    items[index] = setIn(items[index], rest, value);
    return items;
  }
  const before = (data ?? {}) as Readonly<Record<string, unknown>>;
  const own = Object.hasOwn(before, part) ? before[part] : undefined;
  return Object.fromEntries([
    ...Object.entries(before).filter(([key]) => key !== String(part)),
    [String(part), setIn(own, rest, value)],
  ]);
}

/** A copy without what is at the path, which is there and is no item of a list. */
export function removeIn(data: unknown, path: DataPath): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return undefined;
  if (Array.isArray(data)) {
    const items = data as readonly unknown[];
    return items.map((item, index) => (index === indexOf(part) ? removeIn(item, rest) : item));
  }
  const entries = Object.entries(data as Readonly<Record<string, unknown>>);
  if (rest.length === 0) {
    return Object.fromEntries(entries.filter(([key]) => key !== String(part)));
  }
  return Object.fromEntries(
    entries.map(([key, value]) =>
      key === String(part) ? [key, removeIn(value, rest)] : [key, value],
    ),
  );
}

/** What is at the path; undefined where nothing is. */
export function getIn(data: unknown, path: DataPath): unknown {
  return path.reduce<unknown>((at, part) => {
    if (Array.isArray(at)) return (at as readonly unknown[])[indexOf(part) ?? -1];
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    return (at as Readonly<Record<string, unknown>>)[part];
  }, data);
}
