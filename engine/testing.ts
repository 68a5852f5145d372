/** The harness for modules, exported as `tsplay/testing`. Re-exports only. */
export { checkCase, testModule, type ModuleCase } from './testing/module-cases.ts';
export {
  runScript,
  shells,
  type ScriptOutput,
  type ShellName,
  type ShellOptions,
} from './testing/run-script.ts';
export { testController, testFacts } from './testing/surroundings.ts';
export { TestHost, type HostOptions, type StepOutcome } from './testing/test-host.ts';
