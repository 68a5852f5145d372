/** Throwaway folders for tests, and errors as people see them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { formatError, PlayError } from '../../engine/errors.ts';
import { readInventory, type ReadInventoryOptions } from '../../engine/inventory/read.ts';
import type { Inventory } from '../../engine/inventory/view.ts';

/** Writes the files into a new folder, which goes when the test ends. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tsplay-inventory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** The inventory of one file. */
export async function inventoryOf(
  text: string,
  options: Omit<ReadInventoryOptions, 'files'> = {},
): Promise<Inventory> {
  const folder = folderWith({ 'hosts.yaml': text });
  return readInventory({ ...options, files: [join(folder, 'hosts.yaml')] });
}

/** What the body's error says, places relative to the folder. */
export async function errorOf(body: () => unknown, folder?: string): Promise<string> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof PlayError)) throw error;
    return formatError(error).replaceAll(
      folder === undefined ? /\/\S*\/(?=\S+:\d+:\d+)/g : `${folder}/`,
      '',
    );
  }
  throw new Error('nothing was thrown');
}
