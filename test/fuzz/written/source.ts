/** Bits of a random program's source. */

export interface Writer {
  /** A new name of a step, as a literal of source. */
  name(): string;
  /** A new constant. */
  constant(): string;
}

/** Writes the piece's steps; names come from the writer, so that they are the program's order. */
export type Piece = (write: Writer) => string;

/** One step without its options. */
export interface Call {
  readonly module: string;
  readonly args: string;
}

export type At = (path: string) => string;

/** A literal of source as oxfmt would write it. */
export const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;

export const inRoot = (path: string, of?: string): string =>
  of === undefined ? `at(${quoted(path)})` : `of(${quoted(of)}, ${quoted(path)})`;

export const at: At = (path) => inRoot(path);

export const step = (write: Writer, { module, args }: Call, more = ''): string =>
  `yield ${module}(${write.name()}, ${args}${more});`;

export const options = (parts: readonly (string | undefined)[]): string => {
  const some = parts.filter((part) => part !== undefined);
  return some.length === 0 ? '' : `, { ${some.join(', ')} }`;
};

/** One host does it: on the others it is skipped, or `apart` not there at all. */
export const stepOf = (
  by: string,
  apart: boolean,
): ((write: Writer, call: Call, more?: readonly (string | undefined)[]) => string) =>
  apart
    ? (write, call, more = []) =>
        `if (host.name === ${quoted(by)}) ${step(write, call, options(more))}`
    : (write, call, more = []) => step(write, call, options([onlyOn(by), ...more]));

export const onlyOn = (host: string): string => `when: (r) => r.host === ${quoted(host)}`;
