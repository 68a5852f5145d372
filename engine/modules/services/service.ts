/** What nearly every service is: packages, files that it reads, a unit that runs, one restart. */
import { block, flushHandlers, handler } from '../../dsl/declare.ts';
import type { Block, Handler, Options, Step, Task } from '../../dsl/task.ts';
import { pkg } from '../packages/pkg.ts';
import { systemd } from './systemd/index.ts';
import { template } from '../files/template.ts';

type Arguments<M extends (name: string, args: never) => unknown> = Parameters<M>[1];

/** How a restart goes from host to host. */
export interface RollingRestart {
  /** What must hold before a host restarts, and what shows that it works again. */
  readonly before?: readonly Step[];
  readonly after?: readonly Step[];
  /** Hosts at once, behind the first one. Default 1. */
  readonly atOnce?: number;
  /** Also where the service was started behind the change: for what `after` shows. */
  readonly evenIfStarted?: boolean;
}

/** What `service` may be told besides the name; all of it has a default. */
export interface ServiceOptions {
  /** Its unit. Default: its name. */
  readonly unit?: string;
  /** As the argument `name` of `pkg`. */
  readonly packages?: Arguments<typeof pkg>['name'];
  /** What a change of its configuration takes. Default: restart. */
  readonly change?: 'restart' | 'reload';
  /** Arguments of `systemd` for its start: for how many seconds it is waited for. */
  readonly start?: Pick<Arguments<typeof systemd>, 'wait' | 'settle'>;
  /** How restarts go from host to host. Default: all hosts at once. */
  readonly rolling?: RollingRestart;
}

/** Steps and handlers of one service; each is made when it is first asked for. */
export interface Service {
  /** `haproxy is installed` */
  readonly installed: Task<unknown>;
  /** A template with the tag `config`; what changes it makes a restart or reload necessary. */
  config(name: string, args: Arguments<typeof template>): Task<unknown>;
  /** `unit of haproxy`: its unit as a template, behind which it restarts. */
  unitFile(src: string, vars: Readonly<Record<string, unknown>>, options?: Options): Task<unknown>;
  /** `haproxy runs`: started, and at boot too. */
  readonly runs: Task<unknown>;
  /** It runs, and was restarted or reloaded if anything asked for that: at most once. */
  readonly running: Block;
  /** What a change of its configuration takes, for other steps that notify. */
  readonly change: Handler;
  /** `restart haproxy`; where it rolls, `roll haproxy`. A start behind the change is one. */
  readonly restart: Handler;
  /** `reload haproxy` */
  readonly reload: Handler;
}

/**
 * A service of systemd, as the steps that it usually takes; names of steps begin with its own.
 * @param name what steps, packages and the unit are called, unless the options say otherwise
 * @param options unit, packages, and what a change of the configuration takes
 * @returns steps and handlers; only those that are yielded or notified are part of the play
 * @example
 * export const proxies = play({
 *   name: 'proxies',
 *   hosts: 'proxies',
 *   *tasks() {
 *     const haproxy = service('haproxy', { packages: 'haproxy', change: 'reload' });
 *     yield haproxy.installed;
 *     yield haproxy.config('haproxy configuration', {
 *       src: 'haproxy.cfg.hbs',
 *       dest: '/etc/haproxy/haproxy.cfg',
 *     });
 *     yield haproxy.running;
 *   },
 * });
 */
export function service(name: string, options: ServiceOptions = {}): Service {
  return new NamedService(name, options);
}

class NamedService implements Service {
  readonly #name: string;
  readonly #unit: string;
  readonly #options: ServiceOptions;
  #runs: Task<unknown> | undefined;
  #restart: Handler | undefined;
  #reload: Handler | undefined;

  constructor(name: string, options: ServiceOptions) {
    this.#name = name;
    this.#unit = options.unit ?? name;
    this.#options = options;
  }

  get installed(): Task<unknown> {
    return pkg(`${this.#name} is installed`, { name: this.#options.packages ?? this.#name });
  }

  config(name: string, args: Arguments<typeof template>): Task<unknown> {
    return template(name, args, { notify: this.change, tags: ['config'] });
  }

  unitFile(
    src: string,
    vars: Readonly<Record<string, unknown>>,
    options: Options = {},
  ): Task<unknown> {
    const dest = `/etc/systemd/system/${this.#unit}.service`;
    return template(
      `unit of ${this.#name}`,
      { src, dest, mode: '0644', vars },
      { ...options, notify: this.restart },
    );
  }

  get runs(): Task<unknown> {
    return (this.#runs ??= systemd(`${this.#name} runs`, {
      unit: this.#unit,
      state: 'started',
      enabled: true,
      ...this.#options.start,
    }));
  }

  get running(): Block {
    const flush = flushHandlers(this.change.name);
    return block(`${this.#name} is running`, { tasks: [this.runs, flush] });
  }

  get change(): Handler {
    return this.#options.change === 'reload' ? this.reload : this.restart;
  }

  get restart(): Handler {
    return (this.#restart ??= this.#options.rolling
      ? handler(this.#rolled(this.#options.rolling))
      : handler(this.#restarted(this.#unlessStarted())));
  }

  get reload(): Handler {
    const unit = this.#unit;
    return (this.#reload ??= handler(systemd(`reload ${this.#name}`, { unit, state: 'reloaded' })));
  }

  #restarted(options: Options): Task<unknown> {
    return systemd(`restart ${this.#name}`, { unit: this.#unit, state: 'restarted' }, options);
  }

  #rolled({ before = [], after = [], atOnce, evenIfStarted }: RollingRestart): Block {
    return block(
      `roll ${this.#name}`,
      { tasks: [...before, this.#restarted({}), ...after] },
      {
        rolling: atOnce === undefined ? true : { atOnce },
        ...(evenIfStarted ? {} : this.#unlessStarted()),
      },
    );
  }

  /** Where it was started behind the change, it has read the change. */
  #unlessStarted(): Options {
    const { runs } = this;
    return { when: (run) => run.tryResult<unknown>(runs)?.changed !== true };
  }
}
