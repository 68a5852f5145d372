/** What a step can do to the root of a host: states of files, and commands nobody watches. */
import fc from 'fast-check';
import { roundabout, type Name } from './names.ts';
import { quoted, type At, type Call } from './source.ts';

export const folders = ['real', 'other', 'current', 'made', 'real/deep', 'theirs'] as const;

const contents = ['A\n', 'B\n', 'A\nB\n', 'key = 1\n', '[s]\nkey = 1\n'] as const;

const modes = ['0600', '0644', '0640'] as const;

export const content = fc.constantFrom(...contents);

const line = fc.constantFrom('A', 'B', 'C', 'key = 2');

const mode = fc.constantFrom(...modes);

const call =
  (module: string, args: (at: At) => string) =>
  (at: At): Call => ({ module, args: args(at) });

/** Steps that bring about a state. */
const stateful = (file: Name): fc.Arbitrary<(at: At) => Call> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(file, content)
        .map(([path, text]) =>
          call('copy', (at) => `{ dest: ${at(path)}, content: ${quoted(text)} }`),
        ),
    },
    fc
      .tuple(file, content, mode)
      .map(([path, text, bits]) =>
        call(
          'copy',
          (at) => `{ dest: ${at(path)}, content: ${quoted(text)}, mode: ${quoted(bits)} }`,
        ),
      ),
    fc
      .tuple(file, file)
      .map(([from, to]) => call('copy', (at) => `{ dest: ${at(to)}, remoteSrc: ${at(from)} }`)),
    {
      weight: 3,
      arbitrary: fc
        .tuple(file, line, fc.boolean())
        .map(([path, text, create]) =>
          call(
            'lineInFile',
            (at) => `{ path: ${at(path)}, line: ${quoted(text)}, create: ${create} }`,
          ),
        ),
    },
    fc
      .tuple(file, line)
      .map(([path, text]) =>
        call('lineInFile', (at) => `{ path: ${at(path)}, line: ${quoted(text)}, state: 'absent' }`),
      ),
    fc
      .tuple(file, line)
      .map(([path, text]) =>
        call('blockInFile', (at) => `{ path: ${at(path)}, block: ${quoted(text)}, create: true }`),
      ),
    fc
      .tuple(file, fc.constantFrom('A', 'key'), line)
      .map(([path, what, text]) =>
        call(
          'replace',
          (at) => `{ path: ${at(path)}, regexp: ${quoted(what)}, replace: ${quoted(text)} }`,
        ),
      ),
    fc
      .tuple(file, fc.constantFrom('1', '2'))
      .map(([path, value]) =>
        call(
          'ini',
          (at) =>
            `{ path: ${at(path)}, section: 's', option: 'key', value: ${quoted(value)}, create: true }`,
        ),
      ),
    fc
      .tuple(file, mode)
      .map(([path, bits]) => call('file', (at) => `{ path: ${at(path)}, mode: ${quoted(bits)} }`)),
    fc
      .tuple(file, fc.constantFrom(0, 1))
      .map(([path, owner]) => call('file', (at) => `{ path: ${at(path)}, owner: ${owner} }`)),
    {
      weight: 2,
      arbitrary: fc
        .oneof(file, fc.constantFrom(...folders))
        .map((path) => call('file', (at) => `{ path: ${at(path)}, state: 'absent' }`)),
    },
    fc
      .tuple(fc.constantFrom(...folders), fc.constantFrom('0755', '0700'))
      .map(([path, bits]) =>
        call('file', (at) => `{ path: ${at(path)}, state: 'directory', mode: ${quoted(bits)} }`),
      ),
    // Switching a link; the second lets it point to what an earlier step has made.
    {
      weight: 4,
      arbitrary: fc
        .constantFrom('real', 'other', 'made')
        .map((to) =>
          call(
            'file',
            (at) => `{ path: ${at('current')}, state: 'link', src: ${quoted(to)}, force: true }`,
          ),
        ),
    },
    fc
      .tuple(
        fc.constantFrom('link-f', 'made/link', 'g'),
        fc.constantFrom('f', '../f', 'current/x', 'real/new'),
        fc.boolean(),
      )
      .map(([path, to, force]) =>
        call(
          'file',
          (at) => `{ path: ${at(path)}, state: 'link', src: ${quoted(to)}, force: ${force} }`,
        ),
      ),
    fc
      .constantFrom('f', 'real/x')
      .map((from) =>
        call(
          'file',
          (at) => `{ path: ${at('hard-g')}, state: 'hard', src: ${at(from)}, force: true }`,
        ),
      ),
  );

/** What shell scripts do to a path, with nobody watching. */
const deeds: readonly ((path: string) => string)[] = [
  (path) => `echo Z >> ${path}`,
  (path) => `echo A > ${path}`,
  (path) => `rm -f ${path}`,
  (path) => `chmod 600 ${path} 2>/dev/null || :`,
];

export const deed = (
  file: Name,
): fc.Arbitrary<{ readonly path: string; readonly script: string }> =>
  fc
    .tuple(fc.nat(deeds.length - 1), fc.oneof({ weight: 6, arbitrary: file }, roundabout))
    .map(([which, path]) => ({ path, script: (deeds[which] ?? String)('P') }));

/** The path in the text of a script. */
export const scripted = (script: string, path: string): string =>
  `\`${script.replaceAll('P', `\${${path}}`)}\``;

/** Commands behind the engine's back; what they change is not said, or said. */
const commands = (file: Name): fc.Arbitrary<(at: At) => Call> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: deed(file).map(({ script, path }) =>
        call('shell', (at) => `{ script: ${scripted(script, at(path))} }`),
      ),
    },
    fc
      .constantFrom('real', 'other')
      .map((to) =>
        call('shell', (at) => `{ script: ${scripted(`ln -sfn ${to} P`, at('current'))} }`),
      ),
    {
      weight: 2,
      arbitrary: fc
        .tuple(deed(file), file)
        .map(([{ script }, path]) =>
          call(
            'shell',
            (at) =>
              `{ script: ${scripted(script, at(path))}, invalidates: { paths: [${at(path)}] } }`,
          ),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(deed(file), file)
        .map(([{ script, path }, guard]) =>
          call('shell', (at) => `{ script: ${scripted(script, at(path))}, creates: ${at(guard)} }`),
        ),
    },
    // It says that other hosts are left alone.
    deed(file).map(({ script, path }) =>
      call('shell', (at) => `{ script: ${scripted(script, at(path))}, invalidates: 'host' }`),
    ),
    fc
      .tuple(deed(file), file)
      .map(([{ script, path }, guard]) =>
        call('shell', (at) => `{ script: ${scripted(script, at(path))}, removes: ${at(guard)} }`),
      ),
    fc
      .tuple(deed(file), file)
      .map(([{ script, path }, guard]) =>
        call(
          'shell',
          (at) => `{ script: ${scripted(script, at(path))}, unless: ['test', '-s', ${at(guard)}] }`,
        ),
      ),
  );

export const deedsOnHost = (file: Name): fc.Arbitrary<(at: At) => Call> =>
  fc.oneof({ weight: 3, arbitrary: stateful(file) }, commands(file));
