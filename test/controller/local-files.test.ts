/** Files of the controller that a play makes: what a step sends is what is there at its turn. */
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { flushHandlers, handler, play } from '../../engine/dsl/declare.ts';
import type { Step } from '../../engine/dsl/task.ts';
import { authorizedKey } from '../../engine/modules/accounts/authorized-key/index.ts';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { fetch } from '../../engine/modules/files/fetch/index.ts';
import { file } from '../../engine/modules/files/file/index.ts';
import { local } from '../../engine/modules/commands/local.ts';
import { mirror } from '../../engine/modules/files/mirror/index.ts';
import { script } from '../../engine/modules/commands/script.ts';
import { template } from '../../engine/modules/files/template.ts';
import { fleet, type Fleet } from '../run/harness.ts';
import { playOf, shell } from '../run/steps.ts';

const first = (on: Fleet, host: string): Step =>
  file('first', { path: on.path(`folder-${host}`), state: 'directory' });

/** Ways to write a text into a file of the controller. */
const makers: [string, (path: string, text: string) => Step][] = [
  ['local', (path, text) => local('make', { do: () => () => writeFile(path, text) })],
  [
    'local that invalidates no host',
    (path, text) =>
      local('make', { do: () => () => writeFile(path, text), invalidates: 'nothing' }),
  ],
  [
    'a command on localhost',
    (path, text) => shell('make', `printf '%s' '${text}' > ${path}`, { on: 'localhost' }),
  ],
  [
    'copy on localhost',
    (path, text) => copy('make', { dest: path, content: text }, { on: 'localhost' }),
  ],
];

describe.each(makers)('what %s makes', (_, make) => {
  it('is sent in the same play, when nothing was there and when something else was', async () => {
    const on = await fleet(['a', 'b']);
    const source = on.path('source');
    for (const text of ['one', 'two']) {
      const ran = await on.run(
        playOf((host) => [
          first(on, host),
          ...(host === 'a' ? [make(source, text)] : []),
          copy('send', { src: source, dest: on.path(`got-${host}`) }),
        ]),
      );
      expect(ran.exitCode).toBe(0);
      expect(await on.read('got-a')).toBe(text);
      expect(await on.read('got-b')).toBe(text);
    }
  });
});

/** Ways to use a file of the controller. */
const users: [string, (on: Fleet, source: string, name?: string) => Step][] = [
  ['copy', (on, src, name = 'use') => copy(name, { src, dest: on.path('got') })],
  ['template', (on, src, name = 'use') => template(name, { src, dest: on.path('got'), vars: {} })],
  ['script', (on, src, name = 'use') => script(name, { src, arguments: [on.path('got')] })],
];

describe.each(users)('a source of %s', (kind, use) => {
  const textOf = (word: string): string =>
    kind === 'script' ? `#!/bin/sh\nprintf ${word} > "$1"\n` : word;

  it('that an earlier step writes is taken as it is then', async () => {
    const on = await fleet(['a']);
    const source = on.path('source');
    for (const word of ['one', 'two']) {
      const ran = await on.run(
        playOf(() => [
          first(on, 'a'),
          local('make', { do: () => () => writeFile(source, textOf(word)) }),
          use(on, source),
        ]),
      );
      expect(ran.exitCode).toBe(0);
      expect(await on.read('got')).toBe(word);
    }
  });

  it('that changes twice in a play is taken twice', async () => {
    const on = await fleet(['a']);
    const source = on.path('source');
    const site = play({
      name: 'site',
      hosts: 'web',
      *tasks() {
        for (const word of ['one', 'two']) {
          yield local(`make ${word}`, { do: () => () => writeFile(source, textOf(word)) });
          yield use(on, source, `use ${word}`);
          yield shell(`keep ${word}`, `cp ${on.path('got')} ${on.path(word)}`);
        }
      },
    });
    expect((await on.run(site)).exitCode).toBe(0);
    expect(await on.read('one')).toBe('one');
    expect(await on.read('two')).toBe('two');
  });
});

describe('folders and keys', () => {
  it('a folder to mirror holds what an earlier step has put into it', async () => {
    const on = await fleet(['a']);
    const source = on.path('source');
    await mkdir(source);
    await writeFile(`${source}/old`, 'old');
    await on.run(
      playOf(() => [
        first(on, 'a'),
        local('make', {
          do: () => async () => {
            await rm(`${source}/old`);
            await writeFile(`${source}/new`, 'new');
          },
        }),
        mirror('send', { src: source, dest: on.path('got') }),
      ]),
    );
    expect(await on.read('got', 'new')).toBe('new');
    await expect(on.read('got', 'old')).rejects.toThrow('ENOENT');
  });

  it('a key is the one that an earlier step has written', async () => {
    const on = await fleet(['a']);
    const source = on.path('key.pub');
    const key = (end: string): string =>
      `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(42)}${end} me`;
    await writeFile(source, `${key('A')}\n`);
    const ran = await on.run(
      playOf(() => [
        first(on, 'a'),
        local('make', { do: () => () => writeFile(source, `${key('B')}\n`) }),
        authorizedKey('key', {
          user: 'root',
          key: () => readFileSync(source, 'utf8').trim(),
          path: on.path('keys'),
        }),
      ]),
    );
    expect(ran.exitCode).toBe(0);
    expect(await on.read('keys')).toContain(key('B').split(' ')[1]);
  });
});

describe('what was fetched', () => {
  const site = (on: Fleet, serial?: number) =>
    playOf(
      (host) => [
        first(on, host),
        shell('token', `echo "$(cat ${on.path('number')})" > ${on.path('token')}`, {
          when: (run) => run.host === 'a',
        }),
        fetch(
          'get',
          { src: on.path('token'), dest: on.path('kept'), flat: true },
          { when: (run) => run.host === 'a' },
        ),
        copy('send', { src: on.path('kept'), dest: on.path(`got-${host}`) }),
      ],
      serial === undefined ? {} : { serial },
    );

  it.each([undefined, 1])(
    'is sent to every host, in the first run and in later ones (serial %s)',
    async (serial) => {
      const on = await fleet(['a', 'b', 'c']);
      for (const number of ['1', '2', '2', '3']) {
        await writeFile(on.path('number'), number);
        expect((await on.run(site(on, serial))).exitCode).toBe(0);
        for (const host of ['a', 'b', 'c'])
          expect(await on.read(`got-${host}`)).toBe(`${number}\n`);
      }
    },
  );

  it('is unknown in check, not missing and not what an earlier run has fetched', async () => {
    const on = await fleet(['a', 'b']);
    await writeFile(on.path('token'), 'new\n');
    const got = playOf((host) => [
      first(on, host),
      fetch(
        'get',
        { src: on.path('token'), dest: on.path('kept'), flat: true },
        { when: (run) => run.host === 'a' },
      ),
      copy('send', { src: on.path('kept'), dest: on.path(`got-${host}`) }),
      copy('else', { content: 'x', dest: on.path(`else-${host}`) }),
    ]);
    const check = await on.run(got, { check: true });
    expect(check.outcome('a', 'send')).toBe('unknown');
    expect(check.outcome('b', 'send')).toBe('unknown');
    expect(check.outcome('b', 'else')).toBe('changed');
    await writeFile(on.path('kept'), 'old\n');
    await writeFile(on.path('got-b'), 'old\n', { mode: 0o644 });
    expect((await on.run(got, { check: true })).outcome('b', 'send')).toBe('unknown');
    await on.run(got);
    expect((await on.run(got, { check: true })).outcome('b', 'send')).toBe('ok');
  });

  it('by a handler is sent behind it', async () => {
    const on = await fleet(['a', 'b']);
    await writeFile(on.path('kept'), 'old\n');
    const ran = await on.run(
      play({
        name: 'site',
        hosts: 'web',
        *tasks({ host }) {
          const notify = handler(
            fetch('get', { src: on.path('token'), dest: on.path('kept'), flat: true }),
          );
          yield shell('token', `sleep 0.2; echo new > ${on.path('token')}`, {
            notify,
            when: (run) => run.host === 'a',
          });
          yield flushHandlers();
          yield copy('send', { src: on.path('kept'), dest: on.path(`got-${host.name}`) });
        },
      }),
    );
    expect(ran.exitCode).toBe(0);
    expect(await on.read('got-b')).toBe('new\n');
  });
});

describe('a local file', () => {
  it('that is missing fails the step at its turn, with where it was looked for', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => [first(on, 'a'), copy('send', { src: on.path('none'), dest: on.path('got') })]),
    );
    expect(ran.end('a', 'send').failure?.message).toContain('is not there');
    expect(ran.outcome('a', 'first')).toBe('changed');
  });

  it('that is missing is looked for again at each attempt', async () => {
    const on = await fleet(['a']);
    const source = on.path('late');
    setTimeout(() => void writeFile(source, 'late'), 400);
    const ran = await on.run(
      playOf(() => [
        copy('send', { src: source, dest: on.path('got') }, { retries: 20, delay: 0.2 }),
      ]),
    );
    expect(ran.exitCode).toBe(0);
    expect(await readFile(on.path('got'), 'utf8')).toBe('late');
  });

  it('of the same length and time as before is read anew', async () => {
    const on = await fleet(['a']);
    const source = on.path('source');
    await writeFile(source, 'one');
    const then = new Date(2001, 1, 1);
    await utimes(source, then, then);
    const ran = await on.run(
      playOf(() => [
        copy('send', { src: source, dest: on.path('got') }),
        local('make', {
          do: () => async () => {
            await writeFile(source, 'two');
            await utimes(source, then, then);
          },
        }),
        copy('send again', { src: source, dest: on.path('got') }),
      ]),
    );
    expect(ran.outcome('a', 'send again')).toBe('changed');
    expect(await on.read('got')).toBe('two');
  });
});
