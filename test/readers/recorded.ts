/** What readers make of what real hosts printed: test/fixtures/readers, recorded, never edited. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Answer, ReaderDefinition } from '../../engine/module/reader.ts';

const recording = z.strictObject({
  reader: z.string(),
  /** As /etc/os-release and /etc/debian_version have it. */
  system: z.string().regex(/^[a-z]+ [\d.]+$/),
  shell: z.string().min(1),
  /** What the tools say of their versions. */
  tools: z.string().regex(/\d\.\d|\d{3}/),
  mark: z.string(),
  keys: z.array(z.unknown()),
  code: z.number(),
  encoding: z.enum(['utf8', 'latin1']),
  /** Lines. */
  stdout: z.array(z.string()),
  stderr: z.string(),
});

/** A file that `npm run record` wrote. @param name without `.json` */
export function recordingNamed(name: string): z.output<typeof recording> {
  const file = new URL(`../fixtures/readers/${name}.json`, import.meta.url);
  return recording.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** The answers of a recording, each with the key it was asked for. */
export function recorded<K, V>(
  definition: ReaderDefinition<K, V>,
  name: string,
): readonly { readonly key: K; readonly answer: Answer<V> }[] {
  const { mark, code, stdout, stderr, encoding, ...file } = recordingNamed(name);
  const keys = file.keys as readonly K[];
  const output = { stdout: Buffer.from(stdout.join('\n'), encoding), stderr, code };
  const answers = definition.parse(output, keys, mark);
  return keys.map((key, index) => {
    const answer = answers[index];
    if (answer === undefined) throw new Error(`no answer for ${JSON.stringify(key)}`);
    return { key, answer };
  });
}
