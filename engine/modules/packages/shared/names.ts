/** Names of packages with versions, and how an installed version compares. */
import { z } from 'zod';
import { globToRegex } from '../../../glob.ts';

export interface NamedPackage {
  readonly name: string;
  /** May hold `*` and `?`. */
  readonly version: string | undefined;
}

/** `name` or `name=version`. */
export const packageName = z
  .string()
  .regex(
    /^[A-Za-z0-9@][A-Za-z0-9+._:@-]*(=[A-Za-z0-9.+:~*?^_-]+)?$/,
    "must be a package's name, or name=version",
  );

/** One or several names. */
export const packageNames = z.union([packageName, z.array(packageName)]);

/** @param names what an argument gave */
export function namedPackages(names: string | readonly string[] | undefined): NamedPackage[] {
  const list = names === undefined ? [] : typeof names === 'string' ? [names] : names;
  return list.map((text) => {
    const at = text.indexOf('=');
    if (at === -1) return { name: text, version: undefined };
    return { name: text.slice(0, at), version: text.slice(at + 1) };
  });
}

/** Whether a version is the wanted one: equal, or matched by its wildcards. */
export function matchesVersion(version: string, wanted: string | undefined): boolean {
  return wanted === undefined || globToRegex(wanted).test(version);
}

/** Sentences for names that are given twice with different versions. */
export function contradictions(names: readonly NamedPackage[]): readonly string[] {
  const seen = new Map<string, string | undefined>();
  return names.flatMap(({ name, version }) => {
    const before = seen.get(name);
    const clash = seen.has(name) && before !== version;
    seen.set(name, version);
    return clash ? [`${name} is asked for with two versions`] : [];
  });
}
