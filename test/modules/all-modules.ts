/** Every module that the package ships: those of the engine and those for Kubernetes. */
import { groupsOf } from '../../engine/cli/doc/documentation.ts';
import { rooms } from '../../engine/modules/rooms.ts';
import * as kubernetes from '../../kubernetes/modules/index.ts';

export const moduleGroups = [...groupsOf(rooms), ...groupsOf({ kubernetes }, 'tsplay/kubernetes')];
export const allModules = moduleGroups
  .flatMap(({ modules }) => modules)
  .toSorted((a, b) => (a.name < b.name ? -1 : 1));
