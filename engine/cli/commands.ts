/** The commands of the engine itself; what they do is loaded when one of them is called. */
import type { Command, ModuleRooms } from './command.ts';
import { defineCommand } from './define-command.ts';
import { docFlags, inventoryFlags, newModuleFlags, reportFlags, shardFlags } from './flags.ts';

/** @param modules further ones that `play doc` knows */
export const coreCommands = (modules: ModuleRooms): readonly Command[] => [
  defineCommand({
    name: 'doc',
    usage: '[module | group | file]',
    help: 'list the modules, or show how one is used',
    about:
      'A file is one of your own modules: play doc ./modules/motd.ts. Those in modules/ are found by name.',
    flags: docFlags,
    run: async (parsed, context) =>
      (await import('./doc/command.ts')).doc(parsed, context, modules),
  }),
  defineCommand({
    name: 'new-module',
    usage: '<name>',
    help: 'create a module of your own, with its test',
    about: 'Writes a module and a test that passes; put your own state in their place.',
    flags: newModuleFlags,
    run: async (parsed, context) =>
      (await import('./new-module/command.ts')).newModule(parsed, context),
  }),
  defineCommand({
    name: 'inventory',
    usage: '-i <inventory> (--graph | --list | --host <name>)',
    help: 'show groups, hosts and variables',
    flags: inventoryFlags,
    run: async (parsed, context) =>
      (await import('./inventory-command.ts')).showInventory(parsed, context),
  }),
  defineCommand({
    name: 'report',
    usage: '--merge <report>...',
    help: 'put the reports of runs with --shard together as that of one run',
    about: [
      'A report is what --output json printed, or a journal of .play/runs. Of several runs of one part',
      'the last counts. The exit code is that of one run over all, and 1 where a part is missing or was',
      'cut short.',
    ].join('\n'),
    flags: reportFlags,
    run: async (parsed, context) =>
      (await import('./shard/report-command.ts')).report(parsed, context),
  }),
  defineCommand({
    name: 'shard',
    usage: '<system> --parts <number> -- <playbook> ...',
    help: 'write a job that runs a playbook in parts, and start it',
    about: [
      'The system is kubernetes, slurm, gitlab or github. Behind -- stands what follows play, without',
      '--shard. The job runs each part with --shard auto and --output json; play report --merge puts',
      'their reports together (docs/shards.md).',
    ].join('\n'),
    flags: shardFlags,
    run: async (parsed, context) => (await import('./shard/command.ts')).shard(parsed, context),
  }),
];
