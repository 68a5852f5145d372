/** A PATH on which only the named tools are. */
import { mkdtempSync, rmSync, symlinkSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const everyHost = 'awk cat cut grep head id ls mktemp rm sed sleep sort stat tail timeout tr true';

/** What every host has, and these; or, where asked, busybox's version of all. */
export function fewTools(extra: readonly string[], busybox = false) {
  const folder = mkdtempSync(join(tmpdir(), 'tools-'));
  for (const tool of [...everyHost.split(' '), ...extra]) {
    const found = busybox ? '/usr/bin/busybox' : place(tool);
    symlinkSync(found, join(folder, tool));
  }
  return { path: folder, remove: () => rmSync(folder, { recursive: true }) };
}

function place(tool: string): string {
  const found = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'].find((folder) =>
    existsSync(join(folder, tool)),
  );
  if (found === undefined) throw new Error(`${tool} is not on this machine`);
  return join(found, tool);
}
