/** What `yum` takes as names: packages, with version and architecture, and groups. */
import { z } from 'zod';

export interface NamedRpm {
  readonly name: string;
  /** `epoch:version-release`, of which epoch and release may be missing; may hold `*` and `?`. */
  readonly version: string | undefined;
  readonly arch: string | undefined;
}

const archs = 'noarch|x86_64|i[3-6]86|aarch64|armv7hl|ppc64|ppc64le|riscv64|s390x|src';
const withArch = new RegExp(`^(.+)\\.(${archs})$`);
/** Only with its architecture it is clear where the name of a NEVRA ends. */
const nevra = new RegExp(`^(?:(\\d+):)?(.+)-(?:(\\d+):)?([^-:=]+-[^-:=]+)\\.(${archs})$`);

const rpmName = z
  .string()
  .regex(
    /^(?:@\^?[A-Za-z0-9][A-Za-z0-9+._-]*|(?:\d+:)?[A-Za-z0-9][A-Za-z0-9+._:-]*(?:=[A-Za-z0-9.+:~*?^_-]+)?)$/,
    "must be a package's name, name=version, name-version-release.arch, or @ and a group's id",
  );

/** One or several names. */
export const rpmNames = z.union([rpmName, z.array(rpmName)]);

type Names = string | readonly string[] | undefined;

const listOf = (names: Names): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

/** The packages among the names. */
export function namedRpms(names: Names): readonly NamedRpm[] {
  return listOf(names)
    .filter((text) => !text.startsWith('@'))
    .map((text): NamedRpm => {
      const whole = nevra.exec(text);
      if (whole) {
        const [, before, name = '', epoch = before, version, arch] = whole;
        return { name, version: epoch === undefined ? version : `${epoch}:${version}`, arch };
      }
      const at = text.indexOf('=');
      const [name, version] =
        at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
      const [, plain = name, arch] = withArch.exec(name) ?? [];
      return { name: plain, version, arch };
    });
}

/** The groups among the names, with their `@`, and `@^` for environments. */
export const namedGroups = (names: Names): readonly string[] =>
  listOf(names).filter((text) => text.startsWith('@'));

/** As the package reader wants it: `name:arch` where an architecture is asked for. */
export const rpmKey = ({ name, arch }: NamedRpm): string =>
  arch === undefined ? name : `${name}:${arch}`;

/** As dnf and yum want it. */
export const rpmWord = ({ name, version, arch }: NamedRpm): string =>
  `${name}${version === undefined ? '' : `-${version}`}${arch === undefined ? '' : `.${arch}`}`;

/** Sentences for names that are given twice with different versions. */
export function rpmContradictions(names: readonly NamedRpm[]): readonly string[] {
  const seen = new Map<string, string | undefined>();
  return names.flatMap((one) => {
    const key = rpmKey(one);
    const clash = seen.has(key) && seen.get(key) !== one.version;
    seen.set(key, one.version);
    return clash ? [`${key} is asked for with two versions`] : [];
  });
}
