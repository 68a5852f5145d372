/** Commands of the user that only read: exit code and output. */
import {
  defineReader,
  denied,
  value,
  type Answer,
  type ReaderOutput,
} from '../../module/reader.ts';
import { quote } from '../../shell/quote.ts';

export interface QueryKey {
  readonly argv: readonly string[];
  readonly directory?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** Nothing of the playbook changes what it answers: check asks it whatever is planned. */
  readonly independent?: boolean | undefined;
}

/** What a command said. */
export interface QueryAnswer {
  /** Exit code. */
  readonly code: number;
  /** Byte for byte, final line feed included; empty where `binary`. */
  readonly stdout: string;
  readonly stderr: string;
  /** The output is not UTF-8 text: it is never decoded. */
  readonly binary: boolean;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const of = (name: string, scope: 'host' | 'shared') =>
  defineReader<QueryKey, QueryAnswer>({
    name,
    scope,
    last: true,
    script: (keys, mark) => keys.map((key) => ask(key, mark)).join('\n'),
    parse,
    processes: (keys) => 2 * keys.length,
    dependsOnEverything: (key) => key.independent !== true,
    withEnvironment: (key, environment) => ({ ...key, environment }),
  });

/** Asked again after any change on any host of the play. */
export const query = of('query', 'shared');
/**
 * What a command says that only reads, where only this host decides it; at most 2 s where it is
 * asked ahead of its step.
 * @param key words of the command, and where and how it runs
 * @returns a read of exit code and output, whatever the code
 * @example
 * export const reads = { uptime: readers.query({ argv: ['uptime', '-p'] }) };
 */
export const hostQuery = of('hostQuery', 'host');

/** `exec`, so that no builtin or function of the session stands in for a program. */
function ask(key: QueryKey, mark: string): string {
  const enter = key.directory === undefined ? ':' : `cd -- ${quote(key.directory)}`;
  const exports = Object.entries(key.environment ?? {}).map(
    ([name, text]) => `export ${quote(`${name}=${text}`)}`,
  );
  return [
    'code=denied',
    `if (${enter}) then`,
    'code=0',
    `(${[enter, ...exports, `exec ${key.argv.map(quote).join(' ')}`].join('\n')}`,
    ') </dev/null || code=$?',
    'fi',
    `printf '\\n%s %s\\n' ${mark} "$code"`,
    `printf '\\n%s\\n' ${mark} >&2`,
  ].join('\n');
}

function parse(output: ReaderOutput, keys: readonly QueryKey[], mark: string) {
  const errors = output.stderr.split(`\n${mark}\n`);
  let rest = output.stdout;
  return keys.map((_, index): Answer<QueryAnswer> => {
    const at = rest.indexOf(`\n${mark} `);
    const end = rest.indexOf('\n', at + 1);
    const stderr = errors[index];
    if (at < 0 || end < 0 || stderr === undefined) throw new Error(`answer ${index} is missing`);
    const bytes = rest.subarray(0, at);
    const status = rest.subarray(at + mark.length + 2, end).toString();
    rest = rest.subarray(end + 1);
    if (status === 'denied') return denied(stderr.trim());
    return value({ code: Number(status), ...decode(bytes), stderr });
  });
}

function decode(bytes: Buffer): Pick<QueryAnswer, 'stdout' | 'binary'> {
  try {
    return { stdout: decoder.decode(bytes), binary: false };
  } catch {
    return { stdout: '', binary: true };
  }
}
