/** `play doc`: the list of modules; `play doc systemd`: how one is used. */
import { didYouMean } from '../did-you-mean.ts';
import { UsageError } from '../errors.ts';
import type { AnyModule } from '../module/module.ts';
import { wrap } from '../report/layout.ts';
import type { Sink } from '../report/sink.ts';
import { styleFor, type Style } from '../report/style.ts';
import { argumentsOf, modulesOf } from './documentation.ts';
import { docFlags } from './flags.ts';
import { docHelp } from './help.ts';
import { parseFlags } from './parse.ts';

/** @returns the exit code */
export async function docCommand(argv: readonly string[], out: Sink): Promise<number> {
  const { flags, positionals } = parseFlags(docFlags, argv, 'play doc');
  if (flags.help) {
    out.write(docHelp());
    return 0;
  }
  const [name, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError('play doc takes one module');
  const modules = modulesOf(await import('../modules/index.ts'));
  const style = styleFor(out.color);
  const text =
    name === undefined
      ? moduleList(modules, style, out.columns)
      : moduleText(find(modules, name), style, out.columns);
  out.write(`${text}\n`);
  return 0;
}

function find(modules: readonly AnyModule[], name: string): AnyModule {
  const found = modules.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  const near = didYouMean(
    name,
    modules.map((each) => each.name),
  );
  throw new UsageError(`no module ${name}`, {
    hint: near === undefined ? 'play doc lists all modules' : `did you mean ${near}?`,
  });
}

/** One line a module. */
export function moduleList(modules: readonly AnyModule[], style: Style, columns: number): string {
  const width = Math.max(0, ...modules.map(({ name }) => name.length));
  const lines = modules.map(({ name, summary }) => {
    const line = wrap(`  ${name.padEnd(width)}  ${summary}`, columns, width + 4);
    return line.replace(name, style.title(name));
  });
  return [...lines, '', 'play doc <module> shows its arguments, results and an example.'].join(
    '\n',
  );
}

/** Everything about one module. */
export function moduleText(definition: AnyModule, style: Style, columns: number): string {
  const lines = [`${style.title(definition.name)}  ${definition.summary}`, '', 'Arguments:'];
  for (const { name, type, required, default: standard, description } of argumentsOf(definition)) {
    const value = standard === undefined ? '' : `, default ${standard}`;
    const head = `  ${name}: ${type}${required ? ', required' : value}`;
    lines.push(wrap(head, columns, 6).replace(name, style.title(name)));
    if (description !== '') lines.push(wrap(`      ${description}`, columns, 6));
  }
  lines.push('', 'Result:', '  changed: whether anything was changed');
  for (const [name, meaning] of Object.entries(definition.returns ?? {})) {
    lines.push(wrap(`  ${name}: ${meaning}`, columns, 6));
  }
  lines.push(
    '',
    'Example:',
    ...definition.example
      .trim()
      .split('\n')
      .map((line) => `  ${line}`),
  );
  return lines.join('\n');
}
