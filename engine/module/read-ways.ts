/** Reader `way`: what paths are, whatever they are called. The engine asks it with every value. */
import { defineReader, value, type Answer, type ReaderOutput } from './reader.ts';
import { followWay, type Way } from './way.ts';
import { plainSlashes, waysScript } from './way-script.ts';

/** @param path absolute, without a slash at its end */
export const way = defineReader<string, Way>({
  name: 'way',
  script: waysScript,
  parse,
  dependsOn: (path) => [path],
  // One `find`; `readlink` where there are links.
  processes: () => 1,
});

function parse({ stdout }: ReaderOutput, paths: readonly string[], mark: string): Answer<Way>[] {
  const parts = stdout.toString('latin1').split(mark).slice(1);
  if (parts.at(-1)?.startsWith('.') !== true) throw new Error('the ways of paths are cut short');
  const links = new Map<string, string>();
  const found = new Map<string, Pick<Way, 'inode' | 'folder'>>();
  const keep = (entry: string): void => {
    const [mode = '', device = '', inode = '', ...path] = entry.slice(0, -1).split(':');
    const folder = mode.startsWith('4');
    found.set(path.join(':'), folder ? { folder } : { inode: `${device}:${inode}` });
  };
  let at = '';
  for (const part of parts) {
    const said = Buffer.from(part.slice(1), 'latin1').toString('utf8');
    if (part.startsWith('l')) at = said;
    else if (part.startsWith('t')) links.set(at, said);
    else if (part.startsWith('i')) for (const entry of said.split('//').slice(1)) keep(entry);
  }
  return paths.map((path) =>
    value({ ...followWay(path, (name) => links.get(name)), ...found.get(plainSlashes(path)) }),
  );
}
