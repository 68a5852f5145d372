/** Package sources and their keys: aptRepository, yumRepository, rpmKey. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { scriptOf } from '../../../engine/module/compose/compose.ts';
import { aptRepository } from '../../../engine/modules/packages/apt-repository.ts';
import { fingerprintsOf } from '../../../engine/modules/packages/rpm-key/openpgp.ts';
import { rpmKey } from '../../../engine/modules/packages/rpm-key/index.ts';
import { yumRepository } from '../../../engine/modules/packages/yum-repository.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { shells, TestHost, testModule } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { holding } from '../edited.ts';
import { isChange, planned } from '../planning.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let armored = '';
let binary = Buffer.alloc(0);
let fingerprint = '';
beforeAll(() => {
  const home = execFileSync('mktemp', ['-d']).toString().trim();
  chmodSync(home, 0o700);
  const gpg = (...argv: string[]) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--no-tty', ...argv], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  gpg('--passphrase', '', '--quick-generate-key', 'Packages <p@example.org>', 'rsa2048');
  armored = gpg('--armor', '--export').toString();
  binary = gpg('--export');
  fingerprint =
    /^fpr:+([0-9A-F]+):/m.exec(gpg('--with-colons', '--fingerprint').toString())?.[1] ?? '';
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  execFileSync('rm', ['-rf', home]);
});

test('fingerprints are those that gpg tells, of text and of bytes', () => {
  expect(fingerprint).toMatch(/^[0-9A-F]{40}$/);
  expect(fingerprintsOf(Buffer.from(armored))).toEqual([fingerprint.toLowerCase()]);
  expect(fingerprintsOf(binary)).toEqual([fingerprint.toLowerCase()]);
  expect(fingerprintsOf(Buffer.from(`Comment\n\n${armored}`))).toEqual([fingerprint.toLowerCase()]);
  expect(fingerprintsOf(Buffer.from('no key'))).toEqual([]);
  expect(fingerprintsOf(Buffer.from(armored.slice(0, 200)))).toEqual([]);
});

describe.each(shells)('aptRepository under %s', (shell) => {
  test('source and key are written once, and removed', async () => {
    const at = folder();
    mkdirSync(`${at}/sources.list.d`);
    const host = new TestHost({ shell });
    const want: z.input<typeof aptRepository.definition.args> = {
      name: 'example',
      uris: ['https://a.example.org', 'https://b.example.org'],
      suites: 'stable',
      components: ['main', 'extra'],
      architectures: ['amd64'],
      key: armored,
      options: { 'Check-Valid-Until': 'no' },
      update: false,
      folder: at,
    };
    expect((await host.apply(aptRepository, want)).changed).toBe(true);
    expect((await host.apply(aptRepository, want)).changed).toBe(false);
    expect(readFileSync(`${at}/sources.list.d/example.sources`, 'utf8')).toBe(`Types: deb
URIs: https://a.example.org https://b.example.org
Suites: stable
Components: main extra
Architectures: amd64
Signed-By: ${at}/keyrings/example.asc
Check-Valid-Until: no
`);
    expect(readFileSync(`${at}/keyrings/example.asc`, 'utf8')).toBe(armored);
    expect(statSync(`${at}/keyrings/example.asc`).mode & 0o7777).toBe(0o644);
    const other = await host.apply(aptRepository, {
      ...want,
      key: contentOf(binary),
      enabled: false,
    });
    expect(other.changed).toBe(true);
    expect(readFileSync(`${at}/keyrings/example.gpg`).equals(binary)).toBe(true);
    await host.apply(aptRepository, { name: 'example', state: 'absent', folder: at });
    expect([readdirSync(`${at}/keyrings`), readdirSync(`${at}/sources.list.d`)]).toEqual([[], []]);
  });
});

test('a source whose lists cannot be fetched is never put in place', async () => {
  const at = folder();
  mkdirSync(`${at}/sources.list.d`);
  const want = { name: 'x', uris: `file:${at}/none`, suites: './', trusted: true, folder: at };
  await expect(new TestHost().apply(aptRepository, want)).rejects.toThrow(
    /did not pass validation/,
  );
  expect(readdirSync(`${at}/sources.list.d`)).toEqual([]);
});

testModule(
  aptRepository,
  [
    { name: 'a source has a place', want: { name: 'x' }, fails: /give uris and suites/ },
    {
      name: 'a suite needs components',
      want: { name: 'x', uris: 'http://a', suites: 'b' },
      fails: /components/,
    },
    {
      name: 'an exact path has none',
      want: { name: 'x', uris: 'http://a', suites: './', components: ['main'] },
      fails: /takes no components/,
    },
    {
      name: 'one key is enough',
      want: { name: 'x', uris: 'http://a', suites: './', key: 'k', signedBy: '/k' },
      fails: /give one of key/,
    },
    {
      name: 'its lists are fetched first, and only those',
      want: { name: 'x', uris: 'http://a', suites: './' },
      is: { parent: holding('').parent },
      script: ['Dir::Etc::sourceparts=-', 'sources.list.d/x.sources'],
      invalidates: {
        paths: ['/etc/apt/sources.list.d/x.sources', '/var/lib/apt/lists/'],
        readers: [],
        reads: [],
      },
    },
  ],
  test,
);

describe('yumRepository', () => {
  const want: z.input<typeof yumRepository.definition.args> = {
    name: 'example',
    baseurl: 'https://example.org/$releasever',
    gpgkey: ['https://example.org/a', 'https://example.org/b'],
    priority: 10,
    options: { module_hotfixes: true },
  };
  const text = `[example]
name=example
baseurl=https://example.org/$releasever
enabled=1
gpgcheck=1
gpgkey=
    https://example.org/a
    https://example.org/b
priority=10
module_hotfixes=1
`;
  const after = (before: string | undefined, args = want): string => {
    const plan = planned(yumRepository, args, holding(before));
    if (plan.plan === 'same') return 'same';
    const read = isChange(plan).after.find((each) => each.read.reader.name === 'text');
    return read?.answer.answer === 'value'
      ? (read.answer.value as { bytes: Buffer }).bytes.toString()
      : '';
  };

  test.each<[string, string | undefined, string]>([
    ['a new file holds the section', undefined, text],
    ['the same is left', text, 'same'],
    ['other sections stay', `[other]\nenabled = 0\n`, `[other]\nenabled = 0\n\n${text}`],
    ['what is not wanted goes', text.replace('priority=10', 'cost=5\npriority=10'), text],
    [
      'an option is changed in its place',
      text.replace('gpgcheck=1', 'gpgcheck = 0'),
      text.replace('gpgcheck=1', 'gpgcheck=1'),
    ],
  ])('%s', (_, before, expected) => {
    expect(after(before)).toBe(expected);
    if (expected !== 'same') expect(after(expected)).toBe('same');
  });

  test('absent takes the section alone', () => {
    expect(after(`[other]\na=1\n${text}`, { name: 'example', state: 'absent' })).toBe(
      '[other]\na=1\n',
    );
  });

  testModule(
    yumRepository,
    [
      {
        name: 'it has a place',
        want: { name: 'x' },
        fails: /give baseurl, mirrorlist or metalink/,
      },
    ],
    test,
  );

  test.each(shells)('applied twice under %s', async (shell) => {
    const at = folder();
    const host = new TestHost({ shell });
    expect((await host.apply(yumRepository, { ...want, folder: at })).changed).toBe(true);
    expect((await host.apply(yumRepository, { ...want, folder: at })).changed).toBe(false);
    expect(readFileSync(`${at}/example.repo`, 'utf8')).toBe(text);
  });
});

describe('rpmKey', () => {
  const plan = async (args: z.input<typeof rpmKey.definition.args>, keys: readonly string[]) => {
    const { definition } = rpmKey;
    const want = await definition.prepare?.(definition.args.parse(args), {} as never);
    return definition.plan(want as never, { keys }, {} as never);
  };

  test('a key is imported once, known by the end of its fingerprint', async () => {
    const id = fingerprint.toLowerCase().slice(-8);
    const first = await plan({ key: armored }, []);
    expect(first).toMatchObject({
      plan: 'change',
      differences: [{ what: `key ${fingerprint.toLowerCase().slice(-16)}` }],
    });
    expect(scriptOf(isChange(first)).text).toContain('rpm --import');
    expect((await plan({ key: armored }, [id])).plan).toBe('same');
    expect((await plan({ key: armored }, [fingerprint.toLowerCase()])).plan).toBe('same');
  });

  test('a key is removed by its fingerprint', async () => {
    const id = fingerprint.toLowerCase().slice(-8);
    const gone = isChange(await plan({ fingerprint, state: 'absent' }, ['00000000', id]));
    expect(scriptOf(gone).text).toBe(`rpm -e --allmatches -- gpg-pubkey-${id} || exit`);
    expect((await plan({ key: armored, state: 'absent' }, ['00000000'])).plan).toBe('same');
  });

  test('another key than told is refused', async () => {
    await expect(plan({ key: armored, fingerprint: 'ABCD ABCD' }, [])).rejects.toThrow(
      /not abcdabcd/,
    );
    await expect(plan({ key: 'text' }, [])).rejects.toThrow(/holds no public key/);
  });
});
