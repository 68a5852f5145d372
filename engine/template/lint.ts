/**
 * Finds every mistake of a template at once, with its place: names that were not passed (also
 * within `#if` and `#each`, where Handlebars stays silent), unknown functions, values that are no
 * text. It walks the parsed template with the real variables.
 */
import Handlebars from 'handlebars';
import { didYouMean } from '../did-you-mean.ts';
import { TemplateError, type Place } from '../errors.ts';
import { isTrue, templateFunctions } from './functions.ts';
import { lookUp, type Meaning, type Path, type Scope } from './scope.ts';
import { whyNotText } from './to-text.ts';

type Node = hbs.AST.Node;
type Expression = hbs.AST.Expression;
type Block = hbs.AST.BlockStatement;
type Call = hbs.AST.MustacheStatement | hbs.AST.SubExpression;

const blocks = ['if', 'unless', 'each', 'with'];
const nothingNamed: ReadonlyMap<string, Meaning> = new Map();

/** @returns all mistakes, in the order of the template */
export function lintTemplate(
  program: hbs.AST.Program,
  file: string,
  variables: Readonly<Record<string, unknown>>,
): readonly TemplateError[] {
  const lint = new Lint(file, variables);
  lint.accept(program);
  return [...lint.errors.values()];
}

class Lint extends Handlebars.Visitor {
  /** By place and message: the body of a loop is walked once for each item. */
  readonly errors = new Map<string, TemplateError>();
  readonly #file: string;
  readonly #root: Meaning;
  #scope: Scope;

  constructor(file: string, variables: Readonly<Record<string, unknown>>) {
    super();
    this.#file = file;
    this.#root = { value: variables };
    this.#scope = { context: this.#root, named: nothingNamed, parent: undefined, reached: true };
  }

  override MustacheStatement(statement: hbs.AST.MustacheStatement): void {
    if (!statement.escaped) {
      this.#report(statement, 'three braces are not needed: nothing is escaped', 'write {{ }}');
    }
    const isCall = this.#isCall(statement);
    const meaning = isCall ? this.#call(statement) : this.#expression(statement.path, false);
    if (isCall || !meaning || !this.#scope.reached) return;
    const why = whyNotText(meaning.value);
    if (why !== undefined) this.#report(statement, `${written(statement.path)}: ${why}`, textHint);
  }

  override SubExpression(expression: hbs.AST.SubExpression): void {
    this.#call(expression);
  }

  override BlockStatement(block: Block): void {
    const name = written(block.path);
    if (!blocks.includes(name)) {
      this.#report(
        block,
        `no block #${name}`,
        guess(name, blocks) ?? `there are ${blocks.join(', ')}`,
      );
      return;
    }
    const [subject] = block.params;
    if (!subject || block.params.length > 1) {
      this.#report(block, `#${name} takes one argument`);
      return;
    }
    const meaning = this.#expression(subject, false);
    if (name === 'each') this.#each(block, meaning);
    else if (name === 'with') this.#with(block, meaning);
    else this.#branches(block, meaning, name === 'unless');
  }

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.#report(partial, 'templates do not include others', partialHint);
  }

  override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
    this.#report(partial, 'templates do not include others', partialHint);
  }

  override Decorator(decorator: hbs.AST.Decorator): void {
    this.#report(decorator, 'decorators are not supported');
  }

  override DecoratorBlock(decorator: hbs.AST.DecoratorBlock): void {
    this.#report(decorator, 'decorators are not supported');
  }

  #branches(block: Block, subject: Meaning, negated: boolean): void {
    const holds = subject === undefined ? undefined : isTrue(subject.value) !== negated;
    const { reached } = this.#scope;
    this.#within({ ...this.#scope, reached: reached && holds === true }, block.program);
    this.#within({ ...this.#scope, reached: reached && holds === false }, block.inverse);
  }

  #with(block: Block, subject: Meaning): void {
    const holds = subject !== undefined && isTrue(subject.value);
    this.#within(this.#below(block, [subject], subject, holds), block.program);
    this.#within({ ...this.#scope, reached: this.#scope.reached && !holds }, block.inverse);
  }

  #each(block: Block, subject: Meaning): void {
    const items = entriesOf(subject?.value);
    if (items === undefined && subject && isTrue(subject.value)) {
      this.#report(block, `#each over ${written(block.params[0])}, which is no list or object`);
      return;
    }
    for (const [key, value] of items ?? []) {
      const item = { value };
      this.#within(this.#below(block, [item, { value: key }], item, true), block.program);
    }
    if (!items?.length) {
      this.#within(this.#below(block, [], undefined, false), block.program);
    }
    const empty = subject !== undefined && !items?.length;
    this.#within({ ...this.#scope, reached: this.#scope.reached && empty }, block.inverse);
  }

  #below(block: Block, named: readonly Meaning[], context: Meaning, reached: boolean): Scope {
    const names = block.program.blockParams ?? [];
    return {
      context,
      named: new Map(names.map((name, index) => [name, named[index]])),
      parent: this.#scope,
      reached: this.#scope.reached && reached,
    };
  }

  #within(scope: Scope, program: hbs.AST.Program | undefined): void {
    // Handlebars' types have `inverse` always; it is undefined without an else.
    if (program === undefined) return;
    const outer = this.#scope;
    this.#scope = scope;
    this.accept(program);
    this.#scope = outer;
  }

  #isCall(statement: Call): boolean {
    return statement.params.length > 0 || Object.hasOwn(templateFunctions, written(statement.path));
  }

  /** Checks a call and its arguments. What it gives is not computed here. */
  #call(call: Call): Meaning {
    const name = written(call.path);
    const spec = Object.hasOwn(templateFunctions, name) ? templateFunctions[name] : undefined;
    if (!spec && name !== 'lookup') {
      const known = [...Object.keys(templateFunctions), 'lookup'];
      this.#report(
        call,
        `no function '${name}'`,
        guess(name, known) ?? `there are ${known.join(', ')}`,
      );
    }
    if (spec && (call.params.length < spec.takes[0] || call.params.length > spec.takes[1])) {
      this.#report(call, `${name} takes ${[...new Set(spec.takes)].join(' to ')} arguments`);
    }
    call.params.forEach((param, index) => {
      this.#expression(param, name === 'default' && index === 0);
    });
    return undefined;
  }

  #expression(expression: Expression, mayMiss: boolean): Meaning {
    if (expression.type === 'SubExpression') return this.#call(expression as hbs.AST.SubExpression);
    if (expression.type === 'PathExpression') {
      return this.#path(expression as hbs.AST.PathExpression, mayMiss);
    }
    return 'value' in expression ? { value: expression.value } : undefined;
  }

  #path(expression: hbs.AST.PathExpression, mayMiss: boolean): Meaning {
    const [first] = expression.parts;
    if (expression.data && first !== 'root') return undefined;
    const found = lookUp(this.#scopeOf(expression), pathOf(expression));
    if (found.missing && !mayMiss) {
      const { message, known, name } = found.missing;
      this.#report(expression, message, guess(name, known) ?? passHint(known));
    }
    return found.meaning;
  }

  #scopeOf(expression: hbs.AST.PathExpression): Scope {
    if (!expression.data) return this.#scope;
    return { context: this.#root, named: nothingNamed, parent: undefined, reached: true };
  }

  #report(node: Node, message: string, hint?: string): void {
    const at = placeOf(node, this.#file);
    const key = `${at.line}:${at.column}:${message}`;
    if (!this.errors.has(key)) this.errors.set(key, new TemplateError(message, { at, hint }));
  }
}

const textHint = 'only text, numbers and booleans can stand here; for data write {{json x}}';
const partialHint = 'make the text in TypeScript with the tagged text`…` and pass it';

/** The place of a node; columns of Handlebars begin at 0. */
export function placeOf(node: Node, file: string): Place {
  return { file, line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function pathOf(expression: hbs.AST.PathExpression): Path {
  const parts = expression.data ? expression.parts.slice(1) : expression.parts;
  return { parts, depth: expression.depth, own: /^(\.\/|this\b)/.test(expression.original) };
}

function written(expression: Expression | undefined): string {
  return expression && 'original' in expression ? String(expression.original) : '';
}

function guess(name: string, known: readonly string[]): string | undefined {
  const near = didYouMean(name, known);
  return near && `did you mean '${near}'?`;
}

function passHint(known: readonly string[]): string {
  const there = known.length > 0 && known.length <= 12 ? `; there is ${known.join(', ')}` : '';
  return `pass it in vars, or write {{default x ''}} where it may be absent${there}`;
}

function entriesOf(value: unknown): readonly (readonly [unknown, unknown])[] | undefined {
  if (Array.isArray(value)) return [...value.entries()];
  if (typeof value !== 'object' || value === null) return undefined;
  if (Symbol.iterator in value)
    return [...(value as Iterable<unknown>)].map((item, at) => [at, item]);
  return Object.entries(value);
}
