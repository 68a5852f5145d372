/** What `play doc` prints. */
import type { AnyModule } from '../../module/module.ts';
import { wrap } from '../../report/layout.ts';
import type { Style } from '../../report/style.ts';
import { argumentsOf, type Argument } from './documentation.ts';
import type { ModuleGroup } from './documentation.ts';

/** Text is easier to read in lines of this length than across a whole wide screen. */
const comfortable = 100;

/** Names only: the groups of all modules, on one screen. */
export function shortList(groups: readonly ModuleGroup[], style: Style, columns: number): string {
  const width = Math.max(0, ...groups.map(({ name }) => name.length)) + 2;
  const lines = groups.map(({ name, modules }) => {
    const names = modules.map((module) => module.name).join('  ');
    return wrap(`${name.padEnd(width)}${names}`, readable(columns), width).replace(
      name,
      style.title(name),
    );
  });
  return [
    ...lines,
    '',
    'play doc <module>   its arguments, results and an example',
    'play doc <group>    its modules, a line each; all of them: play doc --long',
  ].join('\n');
}

/** One line a module. */
export function longList(groups: readonly ModuleGroup[], style: Style, columns: number): string {
  const names = groups.flatMap(({ modules }) => modules.map(({ name }) => name));
  const width = Math.max(0, ...names.map((name) => name.length));
  const parts = groups.map(({ name, modules }) => {
    const lines = modules.map((module) =>
      wrap(`  ${module.name.padEnd(width)}  ${module.summary}`, columns, width + 4).replace(
        module.name,
        style.title(module.name),
      ),
    );
    return [style.title(`${name}:`), ...lines].join('\n');
  });
  return parts.join('\n');
}

/**
 * Everything about one module.
 * @param from what it is imported from; undefined for a file of the user's own
 */
export function moduleText(
  definition: AnyModule,
  style: Style,
  columns: number,
  from: string | undefined,
): string {
  const width = readable(columns);
  const lines = [wrap(`${definition.name}  ${definition.summary}`, width, 2)];
  lines[0] = (lines[0] ?? '').replace(definition.name, style.title(definition.name));
  const imported = from === undefined ? [] : [`import { ${definition.name} } from '${from}';`, ''];
  const example = [...imported, ...definition.example.trim().split('\n')];
  lines.push('', 'Example:', ...example.map(indented));
  lines.push('', 'Arguments:');
  for (const each of argumentsOf(definition)) {
    lines.push(wrap(head(each), width, 6).replace(each.name, style.title(each.name)));
    if (each.description !== '') lines.push(wrap(`      ${each.description}`, width, 6));
  }
  lines.push('', 'Result:');
  const results = { changed: 'whether anything was changed', ...definition.returns };
  for (const [name, meaning] of Object.entries(results)) {
    lines.push(wrap(`  ${name}: ${meaning}`, width, 6).replace(name, style.title(name)));
  }
  return lines.join('\n');
}

const readable = (columns: number): number => Math.min(columns, comfortable);
const indented = (line: string): string => (line === '' ? '' : `  ${line}`);

function head({ name, type, required, default: standard }: Argument): string {
  const value = standard === undefined ? '' : `, default ${standard}`;
  return `  ${name}: ${type}${required ? ', required' : value}`;
}
