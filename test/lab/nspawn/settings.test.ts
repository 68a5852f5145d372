import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import {
  raiseSettings,
  restoreSettings,
  type KernelSetting,
} from '../../../lab/nspawn/settings.ts';

let state: string;
let setting: KernelSetting;
const now = (): string => readFileSync(setting.path, 'utf8').trim();

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  state = mkdtempSync(join(folder, 'state-'));
  setting = { name: 'instances', path: join(folder, 'instances'), least: 2048 };
  writeFileSync(setting.path, '128\n');
});

test('what is too low is raised for labs, and put back as it was before the first', async () => {
  await raiseSettings(state, [setting]);
  expect(now()).toBe('2048');
  await raiseSettings(state, [setting]);
  await restoreSettings(state, [setting]);
  expect([now(), readdirSync(state)]).toEqual(['128', []]);
});

test('what is high enough stays, also when labs are gone', async () => {
  writeFileSync(setting.path, '4096\n');
  await raiseSettings(state, [setting]);
  expect(now()).toBe('4096');
  writeFileSync(setting.path, '8192\n');
  await restoreSettings(state, [setting]);
  expect(now()).toBe('8192');
});
