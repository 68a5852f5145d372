/** The `play` command as the package ships it: the engine, the lab, and what Kubernetes adds. */
import type { Command } from './engine/cli/command.ts';
import { main as run, type Extension, type Surroundings } from './engine/cli/main.ts';
import { bundle } from './bundle/index.ts';

const lab: Command = {
  name: 'lab',
  usage: '(up | down | status | ssh)',
  help: 'throwaway hosts on this machine',
  run: async (argv, { out }) => {
    const { labCommand } = await import('./lab/command.ts');
    return labCommand(argv, (line) => out.write(`${line}\n`));
  },
};

export const extension: Extension = {
  commands: [bundle, lab],
  modules: {
    kubernetes: {
      from: 'tsplay/kubernetes',
      load: () => import('./kubernetes/modules/index.ts'),
    },
  },
};

/** @see main of engine/cli/main.ts */
export const main = (argv: readonly string[], surroundings: Surroundings): Promise<number> =>
  run(argv, extension, surroundings);
