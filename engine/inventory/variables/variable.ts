/** Variables as they were written, before precedence. */
import type { Place } from '../../errors.ts';

/** How deep a path inside a variable's value exists in its file, and where that is. */
export interface Located {
  readonly at: Place;
  /** How many steps of the path exist. */
  readonly depth: number;
  /** A plain scalar's characters (`0644`, `1.30`, `yes`); undefined for quoted ones and the rest. */
  readonly plain?: string;
}

/** Finds places inside a value; the last step of a path that exists decides. */
export interface Written {
  locate(path: readonly PropertyKey[]): Located;
}

export interface Variable {
  readonly name: string;
  /** Frozen, plain data and Secrets. */
  readonly value: unknown;
  /** The path that people see: `all.vars.version`, `web.hosts.w1.port`, `version (-e)`. */
  readonly path: string;
  /** Undefined when it came from the command line. */
  readonly written: Written | undefined;
}

/** Something that is not wrong but not as it seems. */
export interface Warning {
  readonly message: string;
  readonly at?: Place | undefined;
  readonly hint?: string | undefined;
}

/** Where a variable stands; undefined for the command line. */
export const placeOfVariable = (variable: Variable): Place | undefined =>
  variable.written?.locate([]).at;
