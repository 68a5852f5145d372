/** Roles that another one needs before it on the same host. */
import type { Play } from '../dsl/play.ts';
import type { Role } from '../dsl/task.ts';
import { PlaybookError } from '../errors.ts';

/** Which roles each host has so far, over all plays of a run, those that it plans anew too. */
export class RolesSoFar {
  readonly #of = new Map<string, Set<Role['definition']>>();

  /**
   * Takes in a role of a host.
   * @throws PlaybookError where the host has not what the role needs
   */
  add(role: Role, host: string, play: Play): void {
    const { definition } = role;
    const known = this.#of.get(host) ?? new Set();
    for (const need of definition.needs ?? []) {
      const any = 'kind' in need ? [need] : need;
      if (any.some((each) => known.has(each.definition))) continue;
      throw missing(role, any, host, play);
    }
    this.#of.set(host, known.add(definition));
  }
}

function missing(role: Role, any: readonly Role[], host: string, play: Play): PlaybookError {
  const names = any.map(({ name }) => `'${name}'`).join(' or ');
  return new PlaybookError(
    `play '${play.name}': the role '${role.name}' needs ${names} before it`,
    {
      at: play.at,
      hint: `${host} does not have it yet: add it before, in this play or in an earlier one for the same hosts`,
    },
  );
}
