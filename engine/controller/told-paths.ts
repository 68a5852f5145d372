/**
 * Local files whose name comes from a host: what a host answers may choose among the files of the
 * project, as `conf/${run.facts.os.family}.conf` does, and no other file of the controller.
 */
import { isAbsolute } from 'node:path';
import type { Run, Task } from '../dsl/task.ts';
import { StepError } from '../errors.ts';
import { leadsUp } from '../module/host-path.ts';
import type { Controller } from '../module/module.ts';

/** What a lazy argument looked at. */
export interface Heard {
  facts: boolean;
  /** Results of steps that a host answered. */
  results: boolean;
}

/** The same view of the run, which writes down what is looked at. */
export function listening(run: Run, heard: Heard): Run {
  const hear = (task: Task<unknown>): void => {
    if (!task.module.resultIsLocal) heard.results = true;
  };
  return {
    host: run.host,
    check: run.check,
    failure: run.failure,
    get facts() {
      heard.facts = true;
      return run.facts;
    },
    factsOf(host) {
      heard.facts = true;
      return run.factsOf(host);
    },
    tryFactsOf(host) {
      heard.facts = true;
      return run.tryFactsOf(host);
    },
    result(task) {
      hear(task);
      return run.result(task);
    },
    resultOf(host, task) {
      hear(task);
      return run.resultOf(host, task);
    },
    tryResult(task) {
      hear(task);
      return run.tryResult(task);
    },
    firstReachable: (pattern) => run.firstReachable(pattern),
  };
}

/**
 * The controller, which opens no file that a host chose outside the project.
 * @param told the arguments that looked at what hosts said, and at what
 */
export function withoutToldPaths(
  controller: Controller,
  args: Readonly<Record<string, unknown>>,
  told: ReadonlyMap<string, Heard>,
): Controller {
  if (told.size === 0) return controller;
  const checked = (src: string): string => {
    for (const [name, heard] of told) {
      const value = args[name];
      if (value !== src && !(Array.isArray(value) && value.includes(src))) continue;
      if (leadsUp(src) || (heard.results && isAbsolute(src))) throw toldError(name, src);
    }
    return src;
  };
  return {
    ...controller,
    file: async (src) => controller.file(checked(src)),
    path: async (src) => controller.path(checked(src)),
    template: async (src, variables) => controller.template(checked(src), variables),
  };
}

const toldError = (name: string, src: string): StepError =>
  new StepError(`${name}: ${src} is a path of the controller that a host's answer names`, {
    hint: "give a name below the project's files/ or templates/, without '..'",
  });
