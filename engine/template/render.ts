/** Handlebars, wrapped once: configuration texts, nothing escaped, nothing silently empty. */
import Handlebars from 'handlebars';
import { ManyErrors, TemplateError, type Place } from '../errors.ts';
import { templateFunctions } from './functions.ts';
import { lintTemplate } from './lint.ts';
import { toText, type Taint } from './to-text.ts';

export interface TemplateRequest {
  readonly source: string;
  /** Path of the source, for errors. */
  readonly file: string;
  /** May be or contain Secrets; they are revealed only into the output. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Rendered {
  readonly text: string;
  /** Whether a Secret stands in the text. */
  readonly secret: boolean;
}

interface CallOptions {
  readonly loc?: hbs.AST.SourceLocation;
}

/** Set while a template is rendered, which is synchronous. */
let current: Taint = { secret: false };

// It is shared by all instances of the package, so it is replaced here and nowhere else.
Handlebars.Utils.escapeExpression = (value: unknown) => toText(value, current);

const engine = Handlebars.create();
for (const builtIn of ['log', 'helperMissing', 'blockHelperMissing']) {
  engine.unregisterHelper(builtIn);
}
for (const [name, { call }] of Object.entries(templateFunctions)) {
  engine.registerHelper(name, (...args: unknown[]) => {
    const options = args.pop() as CallOptions;
    return located(options.loc, () => call(args, current));
  });
}
const knownHelpers = Object.fromEntries(
  [...Object.keys(templateFunctions), 'if', 'unless', 'each', 'with', 'lookup'].map((name) => [
    name,
    true,
  ]),
);

/**
 * Renders a template.
 * @throws TemplateError, or ManyErrors of them: each with the place in the template
 */
export function renderTemplate({ source, file, variables }: TemplateRequest): Rendered {
  // Compiling anything but a text would run what is in it.
  if (typeof source !== 'string') throw new TypeError('the source of a template is a text');
  const { program, render } = compiled(source, file);
  const errors = lintTemplate(program, file, variables);
  if (errors.length > 1) throw new ManyErrors(errors);
  if (errors[0]) throw errors[0];
  const taint: Taint = { secret: false };
  const outer = current;
  current = taint;
  try {
    return { text: render(variables), secret: taint.secret };
  } catch (error) {
    throw explain(error, file);
  } finally {
    current = outer;
  }
}

interface Compiled {
  readonly program: hbs.AST.Program;
  readonly render: (variables: unknown) => string;
}

/** By source: one template is rendered for many hosts. */
const known = new Map<string, Compiled>();

function compiled(source: string, file: string): Compiled {
  const before = known.get(source);
  if (before) return before;
  try {
    const program = engine.parse(source);
    const options = { strict: true, knownHelpersOnly: true, knownHelpers };
    const made = { program, render: engine.compile(source, options) };
    known.set(source, made);
    return made;
  } catch (error) {
    throw explain(error, file);
  }
}

/** Adds the place in the template to what a function throws. */
function located<T>(loc: hbs.AST.SourceLocation | undefined, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!loc || !(error instanceof Error)) throw error;
    throw new Located(error.message, loc.start, error);
  }
}

class Located extends Error {
  readonly line: number;
  readonly column: number;
  constructor(message: string, start: { line: number; column: number }, cause: unknown) {
    super(message, { cause });
    this.line = start.line;
    this.column = start.column;
  }
}

function explain(error: unknown, file: string): TemplateError {
  if (error instanceof Located) {
    const at = { file, line: error.line, column: error.column + 1 };
    return new TemplateError(error.message, { at, cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  const at = placeIn(error, message, file);
  const unexpected = /^Parse error[^]*got '([^']*)'/.exec(message)?.[1];
  if (unexpected === undefined) return new TemplateError(firstLine(message), { at, cause: error });
  const hint =
    unexpected === 'EOF' ? 'is each #block closed?' : 'look for braces that do not match';
  return new TemplateError('the template does not parse', { at, hint, cause: error });
}

function placeIn(error: unknown, message: string, file: string): Place {
  const line = /^Parse error on line (\d+)/.exec(message)?.[1];
  if (line !== undefined) return { file, line: Number(line), column: 1 };
  if (error instanceof Handlebars.Exception && typeof error.lineNumber === 'number') {
    const column = typeof error.column === 'number' ? error.column + 1 : 1;
    return { file, line: error.lineNumber, column };
  }
  return { file, line: 1, column: 1 };
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;
