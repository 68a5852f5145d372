/** Where the controller keeps what can be had anew. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `$TSPLAY_CACHE`; else /var/cache/tsplay for root, and `~/.cache/tsplay` for others. */
export function cacheFolder(of: 'downloads' | 'packages'): string {
  const given = process.env['TSPLAY_CACHE'];
  if (given !== undefined && given !== '' && given !== 'off') return join(given, of);
  if (process.getuid?.() === 0) return join('/var/cache/tsplay', of);
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tsplay', of);
}

/** Where what packages bring is kept; undefined for who keeps nothing: `TSPLAY_CACHE=off`. */
export const knowledgeFolder = (): string | undefined =>
  process.env['TSPLAY_CACHE'] === 'off' ? undefined : cacheFolder('packages');
