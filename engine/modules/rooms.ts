/** What modules are about: the folders here, in the order in which `play doc` shows them. */
import * as files from './files/index.ts';
import * as packages from './packages/index.ts';
import * as services from './services/index.ts';
import * as system from './system/index.ts';
import * as accounts from './accounts/index.ts';
import * as network from './network/index.ts';
import * as certificates from './certificates/index.ts';
import * as commands from './commands/index.ts';
import * as control from './control/index.ts';

export const rooms: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  files,
  packages,
  services,
  system,
  accounts,
  network,
  certificates,
  commands,
  control,
};
