/** What readers printed on real hosts: test/fixtures/readers, recorded, never edited. */
import { readFileSync } from 'node:fs';
import type { Answer, ReaderDefinition } from '../../engine/module/reader.ts';

interface Recording {
  readonly mark: string;
  readonly keys: readonly unknown[];
  readonly code: number;
  readonly stdout: readonly string[];
  readonly stderr: string;
}

/**
 * The answers of a recording, each with the key it was asked for.
 * @param name file name without `.json`
 */
export function recorded<K, V>(
  definition: ReaderDefinition<K, V>,
  name: string,
): readonly { readonly key: K; readonly answer: Answer<V> }[] {
  const file = new URL(`../fixtures/readers/${name}.json`, import.meta.url);
  const { mark, keys, code, stdout, stderr } = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const output = { stdout: Buffer.from(stdout.join('\n')), stderr, code };
  const answers = definition.parse(output, keys as readonly K[], mark);
  return (keys as readonly K[]).map((key, index) => {
    const answer = answers[index];
    if (answer === undefined) throw new Error(`no answer for ${JSON.stringify(key)}`);
    return { key, answer };
  });
}
