/** The generated pages: their paths in the repository, and what they say. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { argumentsOf, groupsOf, type ModuleGroup } from '../engine/cli/doc/documentation.ts';
import { commandsOf } from '../engine/cli/main.ts';
import { playFlags, type Flag } from '../engine/cli/flags.ts';
import { mainHelp, usageOf } from '../engine/cli/help.ts';
import type { AnyModule } from '../engine/module/module.ts';
import { rooms } from '../engine/modules/rooms.ts';
import * as kubernetes from '../kubernetes/modules/index.ts';
import { extension } from '../play.ts';
import { reliabilityPage } from './reliability-page.ts';
import { folderTree } from './rooms.ts';
import { table } from './table.ts';
import { variablesPage } from './variables-page.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const commands = commandsOf(extension);
const generated = '<!-- Made by `npm run docs`; do not edit. -->';

export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const groups = [...groupsOf(rooms), ...groupsOf({ kubernetes }, 'tsplay/kubernetes')];
  return new Map([
    ['bin/help.txt', mainHelp(commands)],
    ['docs/design.md', designPage()],
    ['docs/flags.md', flagsPage()],
    ['docs/variables.md', `${generated}\n${variablesPage()}`],
    ['docs/reliability.md', `${generated}\n${reliabilityPage()}`],
    ['docs/modules/README.md', modulesPage(groups)],
    ...groups.flatMap(({ from, modules }) =>
      modules.map((each) => [`docs/modules/${each.name}.md`, modulePage(each, from)] as const),
    ),
  ]);
}

/** The page as it is, with the folders as they are. */
function designPage(): string {
  const page = readFileSync(`${root}/docs/design.md`, 'utf8');
  const [before = '', after = ''] = page.split(
    /(?<=<!-- folders: .* -->\n)[\s\S]*(?=<!-- \/folders -->)/,
  );
  return `${before}\n\`\`\`text\n${folderTree(root)}\n\`\`\`\n\n${after}`;
}

function flagsPage(): string {
  return `${generated}
# Flags

## play <playbook>

${flagTable(playFlags)}

${commands
  .flatMap(({ name, flags }) =>
    flags === undefined ? [] : [`## play ${name}\n\n${flagTable(flags)}\n`],
  )
  .join('\n')}`;
}

function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => [`\`${usageOf(flag).trim()}\``, flag.help]);
  return table(['Flag', 'Meaning'], rows);
}

function modulesPage(groups: readonly ModuleGroup[]): string {
  const parts = groups.map(({ name, from, modules: of }) => {
    const rows = of.map((each) => [`[${each.name}](${each.name}.md)`, each.summary]);
    return `## ${name}\n\nimported from \`${from}\`\n\n${table(['Module', 'What it does'], rows)}\n`;
  });
  return `${generated}\n# Modules\n\n${parts.join('\n')}`;
}

function modulePage(definition: AnyModule, from: string | undefined): string {
  const rows = argumentsOf(definition).map((each) => [
    `\`${each.name}\``,
    `\`${each.type}\``,
    each.required ? 'required' : each.default === undefined ? '' : `\`${each.default}\``,
    each.description,
  ]);
  const results = Object.entries({
    changed: 'whether anything was changed',
    ...definition.returns,
  }).map(([name, meaning]) => [`\`${name}\``, meaning]);
  return `${generated}
# ${definition.name}

${definition.summary}

\`\`\`ts
import { ${definition.name} } from '${from}';

${definition.example.trim()}
\`\`\`

## Arguments

${table(['Name', 'Type', 'Default', 'Meaning'], rows)}

## Result

${table(['Field', 'Meaning'], results)}
`;
}
