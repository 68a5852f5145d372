/** Imports a playbook file and says what is wrong with it. */
import { fileURLToPath } from 'node:url';
import type { Playbook } from '../../dsl/play.ts';
import { PlaybookError, PlayError, type Place } from '../../errors.ts';

/** Imports a file by its absolute path; `bin/play.js` knows how. */
export type LoadModule = (path: string) => Promise<Readonly<Record<string, unknown>>>;

/**
 * @param path absolute path
 * @throws PlaybookError when it does not load, or its default export is no playbook
 */
export async function loadPlaybook(path: string, load: LoadModule): Promise<Playbook> {
  const top = { file: path, line: 1, column: 1 };
  let loaded: Readonly<Record<string, unknown>>;
  try {
    loaded = await load(path);
  } catch (error) {
    throw explainLoading(error, top);
  }
  if (isPlaybook(loaded['default'])) return loaded['default'];
  if (!('default' in loaded)) {
    throw new PlaybookError('the file has no default export', {
      at: top,
      hint: 'end it with: export default playbook([...plays])',
    });
  }
  throw new PlaybookError('the default export is not a playbook', {
    at: top,
    hint: 'wrap the plays: export default playbook([play({ ... })])',
  });
}

function isPlaybook(value: unknown): value is Playbook {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'playbook'
  );
}

/** Says what is wrong with a file that was imported. @param top where it begins */
export function explainLoading(error: unknown, top: Place): PlayError {
  if (error instanceof PlayError) return error;
  if (!(error instanceof Error)) return new PlaybookError(String(error), { at: top });
  const syntax = /^(\/.*?):(\d+):(\d+): ERROR: (.*)$/m.exec(error.message);
  if (syntax) {
    const at = { file: syntax[1] ?? '', line: Number(syntax[2]), column: Number(syntax[3]) + 1 };
    return new PlaybookError(`the file does not parse: ${syntax[4]}`, { at, cause: error });
  }
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return missingModule(error, top);
  return new PlaybookError(`${error.name}: ${error.message}`, {
    at: firstPlace(error.stack ?? '') ?? top,
    hint: 'the file threw while it was loaded',
    cause: error,
  });
}

function missingModule(error: Error, top: Place): PlaybookError {
  const message = error.message.split('\n')[0] ?? '';
  const [, name = ''] = /^Cannot find package '([^']*)'/.exec(message) ?? [];
  const file = / imported from (\/\S+)/.exec(message)?.[1];
  // Imports of tsplay itself are resolved from its own folder.
  const isOurs = file === undefined || file.endsWith('/bin/hooks.js');
  return new PlaybookError(isOurs ? message.replace(/ imported from .*/, '') : message, {
    at: isOurs ? top : { file, line: 1, column: 1 },
    hint: name === '' ? 'check the path of the import' : `npm install ${name}`,
    cause: error,
  });
}

function firstPlace(stack: string): Place | undefined {
  const frame =
    /(?:\(|at |async )((?:file:\/\/)?\/[^\s()]+?)(?:\?[^\s():]*)?:(\d+):(\d+)\)?$/m.exec(stack);
  if (!frame?.[1]) return undefined;
  const file = frame[1].startsWith('file:') ? fileURLToPath(frame[1]) : frame[1];
  return { file, line: Number(frame[2]), column: Number(frame[3]) };
}
