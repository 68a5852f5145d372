import { describe, expect, test } from 'vitest';
import { pkg } from '../../../engine/modules/packages/pkg.ts';
import { absent, value, type Answer, type Read } from '../../../engine/module/reader.ts';
import {
  packageDatabase,
  packageNamed,
  type Package,
} from '../../../engine/readers/packages/package.ts';
import { runScript, shells, testModule } from '../../../engine/testing.ts';

const name = { debian: ['etcd-server', 'etcd-client'], redhat: 'etcd' };
const of = (called: string, database: 'dpkg' | 'rpm'): Package => ({
  name: called,
  version: '3.4',
  arch: 'amd64',
  status: 'installed',
  held: false,
  database,
});

describe('names', () => {
  testModule(
    pkg,
    [
      {
        name: 'of Debian are used on its family',
        want: { name },
        is: { database: 'dpkg' },
        script: ['install etcd-server etcd-client'],
      },
      {
        name: 'of Red Hat on its',
        want: { name },
        is: { database: 'rpm' },
        script: ['get install etcd'],
      },
      {
        name: 'what is installed is the same',
        want: { name },
        is: { database: 'rpm', 'package etcd': of('etcd', 'rpm') },
        plan: 'same',
      },
      {
        name: 'one for all is used everywhere',
        want: { name: 'curl', state: 'absent', purge: true },
        is: { database: 'dpkg', 'package curl': of('curl', 'dpkg') },
        script: ['purge curl'],
      },
      {
        name: 'that are missing for a family are asked for',
        want: { name: { debian: 'x' } },
        is: { database: 'rpm' },
        fails: /no name for the packages of redhat/,
      },
      {
        name: 'a host with neither says what is supported',
        want: { name: 'curl' },
        facts: { os: { id: 'alpine', family: 'alpine', version: '3', codename: '' } },
        fails: /packages of alpine are not supported/,
      },
    ],
    test,
  );
});

describe('reads', () => {
  const asked = (answers: readonly [Read<unknown>, Answer<unknown>][]) => {
    const byId = new Map(answers.map(([read, answer]) => [read.id, answer]));
    const known = { get: <V>(read: Read<V>) => byId.get(read.id) as Answer<V> | undefined };
    return Object.keys(pkg.definition.reads?.(pkg.definition.args.parse({ name }), known) ?? {});
  };

  test('ask in the first round for the packages of every family', () => {
    expect(asked([])).toEqual([
      'database',
      'package etcd-server',
      'package etcd-client',
      'package etcd',
    ]);
  });

  test('need no second round where all is as wanted', () => {
    const answers: [Read<unknown>, Answer<unknown>][] = [
      [packageDatabase('host'), value('dpkg')],
      [packageNamed('etcd-server'), value(of('etcd-server', 'dpkg'))],
      [packageNamed('etcd-client'), value(of('etcd-client', 'dpkg'))],
      [packageNamed('etcd'), absent],
    ];
    const wanted = asked(answers);
    const ids = new Set(answers.map(([read]) => read.id));
    expect(wanted).toEqual(['database', 'package etcd-server', 'package etcd-client']);
    expect(ids.size).toBe(4);
  });
});

test.each(shells)('this machine tells its database under %s', async (shell) => {
  const output = await runScript(packageDatabase.definition.script(['host'], 'm'), { shell });
  const expected = shell === 'busybox' ? absent : value('dpkg');
  expect(packageDatabase.definition.parse(output, ['host'], 'm')).toEqual([expected]);
});
