import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { copy } from '../../engine/modules/files/copy/index.ts';
import { fetch } from '../../engine/modules/files/fetch/index.ts';
import { find } from '../../engine/modules/files/find.ts';
import { query } from '../../engine/modules/commands/query.ts';
import { template } from '../../engine/modules/files/template.ts';
import { fleet, type Fleet } from '../run/harness.ts';
import { playOf } from '../run/steps.ts';

/** The host's shell behind a relay that changes what it says. */
const lying = (on: Fleet, host: string, from: string, to: string): unknown =>
  on.link(host, { shell: ['/bin/sh', '-c', `/bin/sh | sed -u 's#${from}#${to}#g'`] });

describe('a host that names paths of the controller', () => {
  it('gets nothing written outside dest: a listing may name only what is below its folder', async () => {
    const on = await fleet(['a', 'b']);
    const target = on.path('target');
    await mkdir(on.path('pub'));
    await writeFile(on.path('pub', 'report'), 'forged');
    const up = '../'.repeat(20);
    lying(on, 'a', `${on.path('pub')}/./report`, `${on.path('pub')}/${up}${target.slice(1)}`);
    const ran = await on.run(
      playOf(function* () {
        const found = find('reports', { paths: on.path('pub') });
        yield found;
        yield fetch('keep', {
          src: (run) => run.result(found).paths[0] ?? '',
          dest: on.path('got'),
        });
      }),
    );
    expect(ran.end('a', 'reports').failure?.message).toMatch(/which is not below .*pub/);
    expect(existsSync(target)).toBe(false);
    expect(ran.outcome('b', 'keep')).toBe('changed');
    expect(await on.read('got', 'b', on.path('pub', 'report'))).toBe('forged');
  });

  it('has no absolute path of its choice sent, nor one that leads up', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('answer'), `${on.path('secret')}\n`);
    await writeFile(on.path('secret'), 'of the controller');
    const ran = await on.run(
      playOf(function* () {
        const told = query('told', { argv: ['cat', on.path('answer')] });
        yield told;
        const dest = on.path('copy');
        const options = { ignoreErrors: true };
        yield copy('absolute', { src: (run) => run.result(told).stdout.trim(), dest }, options);
        yield copy('up', { src: (run) => `x/../${run.result(told).stdout.trim()}`, dest }, options);
        yield template('fact', { src: (run) => `../${run.facts.arch}.hbs`, dest }, options);
      }),
    );
    for (const name of ['absolute', 'up', 'fact'])
      expect(ran.end('a', name).failure?.message).toMatch(/a host's answer names/);
    expect(existsSync(on.path('copy'))).toBe(false);
  });

  it('may still choose among the files that a path of the playbook holds', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(function* () {
        yield query('arch', { argv: ['uname', '-m'] });
        yield copy('by fact', {
          src: (run) => `${on.folder}/${run.facts.os.family}.conf`,
          dest: on.path('copy'),
        });
      }),
    );
    expect(ran.end('a', 'by fact').failure?.message).toMatch(/\.conf is not there/);
  });

  it('a file that was fetched may be sent on, by the path that fetch answers', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('made'), 'token');
    const ran = await on.run(
      playOf(function* () {
        const got = fetch('get', { src: on.path('made'), dest: on.path('got') });
        yield got;
        yield copy('give', { src: (run) => run.result(got).path, dest: on.path('given') });
      }),
    );
    expect(ran.outcome('a', 'give')).toBe('changed');
    expect(await on.read('given')).toBe('token');
  });
});

describe('fetch', () => {
  it('follows no link below dest to another place', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('source'), 'x');
    await mkdir(on.path('got'));
    await mkdir(on.path('elsewhere'));
    await symlink(on.path('elsewhere'), on.path('got', 'a'));
    const ran = await on.run(
      playOf(() => [fetch('get', { src: on.path('source'), dest: on.path('got') })]),
    );
    expect(ran.end('a', 'get').failure?.message).toMatch(/on the controller is not below .*got/);
    expect(existsSync(on.path('elsewhere', 'tmp'))).toBe(false);
  });

  it('takes a dest that is a link itself', async () => {
    const on = await fleet(['a']);
    await writeFile(on.path('source'), 'x');
    await mkdir(on.path('disk'));
    await symlink(on.path('disk'), on.path('got'));
    const ran = await on.run(
      playOf(() => [fetch('get', { src: on.path('source'), dest: on.path('got') })]),
    );
    expect(ran.outcome('a', 'get')).toBe('changed');
    expect(await on.read('disk', 'a', on.path('source'))).toBe('x');
  });
});
