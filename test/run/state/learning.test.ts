/** What comes with packages: unknown in check until it came to one host, then exact on the next. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule } from '../../../engine/dsl/define-module.ts';
import type { Step } from '../../../engine/dsl/task.ts';
import type { BroughtFile } from '../../../engine/module/brought.ts';
import { action, change, same, type Study } from '../../../engine/module/plan.ts';
import { copy } from '../../../engine/modules/files/copy/index.ts';
import { file } from '../../../engine/modules/files/file/index.ts';
import { k8sInfo } from '../../../kubernetes/modules/k8s-info.ts';
import { lineInFile } from '../../../engine/modules/files/line-in-file.ts';
import { stat } from '../../../engine/modules/files/stat.ts';
import { file as fileRead } from '../../../engine/readers/files/file.ts';
import { sh } from '../../../engine/shell/script.ts';
import { fleet, type Fleet } from '../harness.ts';
import { playOf } from '../steps.ts';

const shipped = 'as shipped\n';
const digest = createHash('sha256').update(shipped).digest('hex');

function* study(folder: string, host: string): Study {
  const [conf] = yield [fileRead({ path: `${folder}/conf` })];
  if (conf?.answer !== 'value') return undefined;
  const base = { mode: '0644', owner: 'root', group: 'root', size: 0, of: [0] };
  const files: Record<string, BroughtFile> = {
    [folder]: { ...base, type: 'directory', mode: '0755' },
    [`${folder}/conf`]: {
      ...base,
      type: 'file',
      size: shipped.length,
      digest,
      bytes: Buffer.from(shipped).toString('base64'),
    },
    [`${folder}/default`]: { ...base, type: 'link', target: 'conf', of: [] },
  };
  const packages = [{ name: 'bundle', version: '1', arch: 'all' }];
  return { packages, from: host, roots: {}, files, units: {}, users: {}, groups: {} };
}

/** Like a package: a folder with a configuration file and a link. */
const bundle = defineModule({
  name: 'bundle',
  summary: 'Brings a folder.',
  args: z.strictObject({ folder: z.string() }),
  example: `bundle('one', { folder: '/a' })`,
  reads: ({ folder }) => ({ it: fileRead({ path: `${folder}/.there` }) }),
  plan: ({ folder }, { it }) =>
    it
      ? same({})
      : change({
          differences: [{ what: 'bundle', from: 'absent', to: '1' }],
          script: sh`umask 022; mkdir -p ${folder} && cd ${folder} && printf %s ${shipped} >conf && ln -sfn conf default && : >.there`,
          after: [],
          invalidates: { paths: [`${folder.slice(0, folder.lastIndexOf('/'))}/`], anything: true },
          result: {},
          brings: { packages: { bundle: '1' }, how: '' },
          learns: () => ({
            how: '',
            packages: [{ name: 'bundle', version: '1', arch: 'all' }],
            study: (host) => study(folder, host),
          }),
        }),
});

function* behind(on: Fleet): Generator<Step> {
  const at = (name: string): string => on.path('pkg', name);
  yield bundle('bundle', { folder: on.path('pkg') });
  yield copy('as shipped', { dest: at('conf'), content: shipped, mode: '0644' });
  yield file('no default', { path: at('default'), state: 'absent' });
  yield file('nothing of that name', { path: at('other'), state: 'absent' });
  yield lineInFile('line', { path: at('conf'), line: 'more' });
  yield copy('new', { dest: at('new'), content: 'x' });
  yield stat('asked', { path: at('elsewhere') });
}

const outcomes = (ran: { readonly lines: readonly string[] }): Record<string, string> =>
  Object.fromEntries(
    ran.lines.map((line) => line.replace(/^\w+ /, '').split(': ') as [string, string]),
  );

const behindBundle = {
  'as shipped': 'ok',
  'no default': 'changed',
  'nothing of that name': 'ok',
  line: 'changed',
  new: 'changed',
};

describe('what lies below the folders of packages of which nothing was learned', () => {
  it('is unknown, absent or not', async () => {
    const on = await fleet(['a']);
    const said = outcomes(
      await on.run(
        playOf(() => behind(on)),
        { check: true },
      ),
    );
    for (const name of Object.keys(behindBundle)) expect(said[name]).toBe('unknown');
  });

  it('is skipped where it is only asked about', async () => {
    const on = await fleet(['a']);
    const ran = await on.run(
      playOf(() => behind(on)),
      { check: true },
    );
    expect(ran.end('a', 'asked')).toMatchObject({
      outcome: 'skipped',
      because: "it changes nothing, and nobody knows the answer before 'bundle'",
    });
  });
});

describe('once it came to one host', () => {
  it('is planned on another, as the run then does it', async () => {
    const on = await fleet(['a', 'b']);
    const site = playOf(() => behind(on));
    const first = await on.run(site, { limit: 'a' });
    expect(outcomes(first)).toMatchObject({ bundle: 'changed', ...behindBundle });
    await rm(on.path('pkg'), { recursive: true });
    const checked = await on.run(site, { limit: 'b', check: true });
    expect(outcomes(checked)).toMatchObject({ bundle: 'changed', ...behindBundle, asked: 'ok' });
    const texts = checked.events.flatMap((event) =>
      event.event === 'message' && event.level === 'detail' ? [`${event.host}: ${event.text}`] : [],
    );
    expect(texts).toEqual(["b: what comes with 'bundle' was learned from a"]);
    expect(outcomes(await on.run(site, { limit: 'b' }))).toMatchObject(behindBundle);
  });

  it('costs one read batch more where it is learned, and nothing where it is known', async () => {
    const on = await fleet(['a', 'b', 'c']);
    const only = playOf(() => [bundle('bundle', { folder: on.path('pkg') })]);
    const trips: number[] = [];
    for (const host of ['a', 'b']) {
      trips.push((await on.run(only, { limit: host })).trips(host));
      await rm(on.path('pkg'), { recursive: true });
    }
    expect(trips).toEqual([3, 2]);
    await on.run(only, { limit: 'c' });
    expect((await on.run(only, { limit: 'c' })).trips('c')).toBe(1);
  });
});

it('what a later step plans is newer than what packages bring', async () => {
  const on = await fleet(['a', 'b']);
  function* site(): Generator<Step> {
    yield bundle('bundle', { folder: on.path('pkg') });
    yield copy('ours', { dest: on.path('pkg', 'conf'), content: 'ours\n' });
    yield copy('ours again', { dest: on.path('pkg', 'conf'), content: 'ours\n' });
    yield file('away', { path: on.path('pkg'), state: 'absent' });
    yield file('away again', { path: on.path('pkg', 'default'), state: 'absent' });
  }
  const play = playOf(() => site());
  await on.run(play, { limit: 'a' });
  expect(outcomes(await on.run(play, { limit: 'b', check: true }))).toEqual({
    bundle: 'changed',
    ours: 'changed',
    'ours again': 'ok',
    away: 'changed',
    'away again': 'ok',
  });
});

it('a lesson that goes wrong never fails the step', async () => {
  const on = await fleet(['a']);
  const broken = defineModule({
    ...bundle.definition,
    plan: (want, is, context) => {
      const plan = bundle.definition.plan(want, is, context);
      if (plan.plan !== 'change') return plan.plan === 'action' ? action({ ...plan }) : plan;
      const fail = (): never => {
        throw new Error('no lesson');
      };
      return { ...plan, learns: () => ({ how: '', packages: [], study: fail }) };
    },
  });
  const ran = await on.run(playOf(() => [broken('bundle', { folder: on.path('pkg') })]));
  expect(outcomes(ran)).toEqual({ bundle: 'changed' });
});

it('a question that needs a program which a package may bring is unknown in check, not failed', async () => {
  const on = await fleet(['a']);
  const ran = await on.run(
    playOf(function* () {
      yield bundle('bundle', { folder: on.path('pkg') });
      yield k8sInfo('nodes', {
        kubectl: on.path('pkg', 'kubectl'),
        kubeconfig: on.path('pkg', 'admin.conf'),
        kind: 'nodes',
      });
      yield k8sInfo('nodes elsewhere', {
        kubectl: '/nowhere/kubectl',
        kubeconfig: '/nowhere/admin.conf',
        kind: 'nodes',
      });
    }),
    { check: true },
  );
  expect(ran.end('a', 'nodes')).toMatchObject({
    outcome: 'skipped',
    because: "it changes nothing, and nobody knows the answer before 'bundle'",
  });
  expect(ran.outcome('a', 'nodes elsewhere')).toBe('failed');
});
