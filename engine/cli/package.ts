/** The package itself: its folder, its version. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder in which package.json is: the repository's, or what was built and installed. */
export const packageFolder = fileURLToPath(new URL('../../', import.meta.url));

export function packageVersion(): string {
  const text = readFileSync(`${packageFolder}package.json`, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
