/** Commands whose failure names the path and the cause. */
import { doFunctions } from '../../shell/host/library-files.ts';
import { contained, joinScripts, rawScript, sh, type Script } from '../../shell/script.ts';

/**
 * Runs a simple command; where it fails the step ends with "cannot VERB PATH: cause".
 * @param verb what is being done, as it reads after "cannot"
 */
export function attempt(verb: string, path: string, command: Script): Script {
  const script = sh`play_do ${verb} ${path} ${command}`;
  return contained(joinScripts([rawScript('', doFunctions), script], ''));
}
