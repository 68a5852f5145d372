/** `play inventory`: hosts, groups and variables as the run would see them. */
import { UsageError } from '../errors.ts';
import { describeInventory, type DescribeOptions } from '../inventory/describe.ts';
import type { CommandContext } from './command.ts';
import type { inventoryFlags } from './flags.ts';
import type { FlagValues, Parsed } from './parse.ts';
import { openInventory } from './wire.ts';

/** @returns the exit code */
export async function showInventory(
  { flags, positionals }: Parsed<typeof inventoryFlags>,
  { out }: CommandContext,
): Promise<number> {
  const asked = wanted(flags);
  if (asked.length !== 1 || asked[0] === undefined || positionals.length > 0) {
    throw new UsageError('play inventory takes one of --graph, --list, --host <name>');
  }
  if (flags.inventory.length === 0) {
    throw new UsageError('no inventory given', { hint: 'play inventory -i <inventory> --graph' });
  }
  const inventory = await openInventory({
    files: flags.inventory,
    extraVars: flags['extra-vars'],
  });
  out.write(`${describeInventory(inventory, asked[0])}\n`);
  return 0;
}

function wanted(flags: FlagValues<typeof inventoryFlags>): readonly DescribeOptions[] {
  const asked: DescribeOptions[] = [];
  if (flags.graph) asked.push({ as: 'graph' });
  if (flags.list) asked.push({ as: 'list' });
  if (flags.host !== undefined) asked.push({ as: 'host', host: flags.host });
  return asked;
}
