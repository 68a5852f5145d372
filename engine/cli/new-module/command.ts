/** `play new-module`: begins a module of the user's own, with a test that passes. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { CommandContext } from '../command.ts';
import type { newModuleFlags } from '../flags.ts';
import type { Parsed } from '../parse.ts';
import { fileNameOf, moduleText, testText, userImports } from './scaffold.ts';

/** How an editor and `tsc` read playbooks and modules; only written where there is none. */
const compilerOptions = `{
  "compilerOptions": {
    "strict": true,
    "noEmit": true,
    "target": "es2023",
    "module": "nodenext",
    "types": ["node"],
    "skipLibCheck": true,
    "allowImportingTsExtensions": true,
    "erasableSyntaxOnly": true
  }
}
`;

/** @returns the exit code */
export async function newModule(
  { flags, positionals }: Parsed<typeof newModuleFlags>,
  { out }: CommandContext,
): Promise<number> {
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0) {
    throw new UsageError('play new-module takes one name', {
      hint: 'a camelCase one: play new-module gitConfig',
    });
  }
  const written = newUserModule(process.cwd(), name, flags.folder ?? 'modules');
  for (const path of written) out.write(`wrote ${path}\n`);
  const [module = '', test = ''] = written;
  out.write(`\nnext: npx tsx --test ${test}\n      npx play doc ${module}\n`);
  return 0;
}

/**
 * @param root where the user's package.json is
 * @param folder of the modules, below it
 * @returns paths that were written: the module, its test, what was missing besides
 * @throws UsageError; nothing is overwritten
 */
export function newUserModule(root: string, name: string, folder: string): readonly string[] {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    const words = name.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
    const camel = words.map((word, index) => capital(word, index > 0)).join('');
    throw new UsageError(`${name} is not camelCase`, {
      hint: /^[a-z]/.test(camel)
        ? `play new-module ${camel}`
        : 'begin with a lower-case letter: gitConfig',
    });
  }
  if (!existsSync(join(root, 'package.json'))) {
    throw new UsageError(`no package.json in ${root}`, {
      hint: 'go to the folder of your project, or begin one: npm init -y && npm install tsplay',
    });
  }
  const file = fileNameOf(name);
  const files = [
    [`${folder}/${file}.ts`, moduleText(name, userImports)],
    [`${folder}/${file}.test.ts`, testText(name, `./${file}.ts`, userImports)],
  ] as const;
  for (const [path] of files) {
    if (existsSync(join(root, path))) {
      throw new UsageError(`${path} is there already`, { hint: 'take another name' });
    }
  }
  const missing = existsSync(join(root, 'tsconfig.json'))
    ? []
    : [['tsconfig.json', compilerOptions] as const];
  for (const [path, text] of [...files, ...missing]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...files, ...missing].map(([path]) => path);
}

const capital = (word: string, large: boolean): string => {
  const first = word.charAt(0);
  return (large ? first.toUpperCase() : first.toLowerCase()) + word.slice(1);
};
