/** Roles that another one needs before it on the same host. */
import type { Play } from '../dsl/play.ts';
import type { Role } from '../dsl/task.ts';
import { PlaybookError } from '../errors.ts';

/** A role, and what it needs and was not found yet. */
interface Open {
  readonly role: Role;
  readonly any: readonly Role[];
  readonly host: string;
  readonly play: Play;
}

type OfPlay = Map<string, Set<Role['definition']>>;

/** Which roles each host has so far, over all plays of a run, those that it plans anew too. */
export class RolesSoFar {
  /** In the order of the playbook. */
  readonly #of = new Map<Play, OfPlay>();
  /** Hosts of plays of which not all steps are known yet. */
  readonly #unsure = new Map<Play, Set<string>>();
  #open: readonly Open[] = [];

  /** A play is collected, for the first time or anew. */
  begin(play: Play): void {
    this.#of.set(play, new Map());
    this.#unsure.delete(play);
    this.#open = this.#open.filter((each) => each.play !== play);
  }

  /** Some steps of the host are known only when the play starts. */
  mayHaveMore(host: string, play: Play): void {
    this.#unsure.set(play, (this.#unsure.get(play) ?? new Set()).add(host));
  }

  /**
   * Takes in a role of a host.
   * @throws PlaybookError where the host has not what the role needs
   */
  add(role: Role, host: string, play: Play): void {
    const { definition } = role;
    for (const need of definition.needs ?? []) {
      const any = 'kind' in need ? [need] : need;
      this.#require({ role, any, host, play });
    }
    const ofPlay = this.#of.get(play) ?? new Map();
    this.#of.set(play, ofPlay.set(host, (ofPlay.get(host) ?? new Set()).add(definition)));
  }

  /** A play's steps are all known now. @throws PlaybookError for what waited for them in vain */
  settle(): void {
    const open = this.#open;
    this.#open = [];
    for (const each of open) this.#require(each);
  }

  #require(need: Open): void {
    const { any, host } = need;
    const before = this.#upTo(need.play);
    const has = before.some(([, roles]) =>
      any.some((each) => roles.get(host)?.has(each.definition)),
    );
    if (has) return;
    const unsure = before.some(([play]) => this.#unsure.get(play)?.has(host));
    if (!unsure) throw missing(need);
    this.#open = [...this.#open, need];
  }

  #upTo(play: Play): readonly (readonly [Play, OfPlay])[] {
    const all = [...this.#of];
    return all.slice(0, 1 + all.findIndex(([each]) => each === play));
  }
}

function missing({ role, any, host, play }: Open): PlaybookError {
  const names = any.map(({ name }) => `'${name}'`).join(' or ');
  return new PlaybookError(
    `play '${play.name}': the role '${role.name}' needs ${names} before it`,
    {
      at: play.at,
      hint: `${host} has no such role so far: put one before it, in this play or in an earlier one for the same hosts`,
    },
  );
}
