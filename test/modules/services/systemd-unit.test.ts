import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import { freshFile } from '../../../engine/modules/shared/file-result.ts';
import { systemdUnit } from '../../../engine/modules/services/systemd-unit/index.ts';
import { unitText, unitWord } from '../../../engine/modules/services/systemd-unit/text.ts';
import { contentOf } from '../../../engine/shell/content.ts';
import { shells, TestHost, testModule } from '../../../engine/testing.ts';
import { folder } from '../../readers/asking.ts';
import { unitOf } from '../units.ts';

// real shells on a busy machine
vi.setConfig({ testTimeout: 30_000 });

type Want = z.input<typeof systemdUnit.definition.args>;

const root = { name: 'root', uid: 0 };
const parent = freshFile({ type: 'directory', mode: '0755' }, root);
const content = '[Service]\nExecStart=/bin/true\n';
const right = freshFile({ type: 'file', mode: '0644', digest: contentOf(content).digest }, root);
const want: Want = { unit: 'app.service', content };

test.each([
  [{ Unit: { Description: 'a b' } }, '[Unit]\nDescription=a b\n'],
  [
    { Service: { ExecStart: ['', '/bin/a'], Nice: 5, PrivateTmp: true }, Install: {} },
    '[Service]\nExecStart=\nExecStart=/bin/a\nNice=5\nPrivateTmp=true\n\n[Install]\n',
  ],
])('%j becomes the text of a unit', (sections, text) => {
  expect(unitText(sections)).toBe(text);
});

test.each([
  ['plain', 'plain'],
  ['two words', '"two words"'],
  ['%h $HOME', '"%%h $$HOME"'],
  ['say "x" \\', '"say \\"x\\" \\\\"'],
  ['a\nb', '"a\\nb"'],
  ["it's;", '"it\'s;"'],
])('the word %j is written as %j', (word, written) => {
  expect(unitWord(word)).toBe(written);
});

testModule(
  systemdUnit,
  [
    {
      name: 'a file that is right and read is the same',
      want,
      is: { file: right, parent, unit: unitOf() },
      plan: 'same',
      result: { path: '/etc/systemd/system/app.service', loadState: 'loaded' },
    },
    {
      name: 'a file that is right and not read yet is read',
      want,
      is: { file: right, parent, unit: unitOf({ needDaemonReload: true }) },
      differences: [{ what: 'unit files', from: 'changed on disk', to: 'loaded' }],
      script: [/^systemctl daemon-reload$/m],
      invalidates: { paths: ['/etc/systemd/system/app.service'], readers: ['unit'] },
    },
    {
      name: 'a new file is written and read',
      want,
      is: { parent },
      differences: [{ what: 'state', from: 'absent', to: 'file' }],
      script: ['play_put /etc/systemd/system/app.service 0644', /^systemctl daemon-reload$/m],
    },
    {
      name: 'without daemonReload systemd is not asked',
      want: { ...want, daemonReload: false },
      is: { parent },
      script: [/^(?![^]*daemon-reload)/],
    },
    {
      name: 'a drop-in makes its folder',
      want: { unit: 'ssh.service', dropIn: 'limits', sections: { Service: { LimitNOFILE: 1 } } },
      is: { unit: unitOf({ id: 'ssh.service', activeState: 'active' }) },
      script: ['play_mkdir /etc/systemd/system/ssh.service.d', 'ssh.service.d/limits.conf'],
      invalidates: { paths: ['/etc/systemd/system/ssh.service.d'], readers: ['unit'] },
    },
    {
      name: 'a template is not asked for',
      want: { unit: 'app@.service', content },
      is: { file: right, parent },
      plan: 'same',
    },
    {
      name: 'what systemd refuses fails',
      want,
      is: { file: right, parent, unit: unitOf({ loadState: 'bad-setting' }) },
      fails: /systemd does not load .*app\.service: app\.service is bad-setting/,
    },
    {
      name: 'a mask is not written over',
      want,
      is: { file: { ...right, type: 'link', target: '/dev/null' }, parent },
      fails: /app\.service is masked/,
    },
    { name: 'a unit needs its suffix', want: { unit: 'app', content }, fails: /with its suffix/ },
    {
      name: 'something must be in it',
      want: { unit: 'app.service' },
      fails: /give sections or content/,
    },
    {
      name: 'absent removes the file, and says what still runs',
      want: { unit: 'app.service', state: 'absent' },
      is: { file: right, parent, unit: unitOf({ activeState: 'active' }) },
      differences: [{ what: 'state', from: 'file', to: 'absent' }],
      script: ['play_remove /etc/systemd/system/app.service -f', /^systemctl daemon-reload$/m],
    },
    {
      name: 'absent is done where nothing is',
      want: { unit: 'app.service', state: 'absent' },
      plan: 'same',
    },
  ],
  test,
);

describe.each(shells)('under %s', (shell) => {
  test('unit and drop-in are written once, and removed with their folder', async () => {
    const at = folder();
    const host = new TestHost({ shell });
    const base = { folder: at, daemonReload: false } as const;
    const unit: Want = { ...base, ...want };
    const dropIn: Want = {
      ...base,
      unit: 'app.service',
      dropIn: 'x',
      sections: { Service: { Nice: 1 } },
    };
    for (const each of [unit, dropIn]) {
      expect((await host.apply(systemdUnit, each)).changed).toBe(true);
      expect((await host.apply(systemdUnit, each)).changed).toBe(false);
    }
    expect(readFileSync(`${at}/app.service`, 'utf8')).toBe(content);
    expect(readFileSync(`${at}/app.service.d/x.conf`, 'utf8')).toBe('[Service]\nNice=1\n');
    const gone = { ...base, unit: 'app.service', state: 'absent' } as const;
    await host.apply(systemdUnit, { ...gone, dropIn: 'x' });
    await host.apply(systemdUnit, gone);
    expect(readdirSync(at)).toEqual([]);
  });

  test('a folder of drop-ins that holds another one stays', async () => {
    const at = folder();
    mkdirSync(`${at}/app.service.d`);
    writeFileSync(`${at}/app.service.d/x.conf`, '');
    writeFileSync(`${at}/app.service.d/y.conf`, '');
    const gone = { unit: 'app.service', dropIn: 'x', state: 'absent' } as const;
    await new TestHost({ shell }).apply(systemdUnit, { ...gone, folder: at, daemonReload: false });
    expect(readdirSync(`${at}/app.service.d`)).toEqual(['y.conf']);
  });
});
