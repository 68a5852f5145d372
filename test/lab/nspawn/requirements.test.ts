import { expect, test } from 'vitest';
import { obstacles } from '../../../lab/nspawn/requirements.ts';

const able = { platform: 'linux', user: 0, absent: [], hasApt: true, hasOverlay: true };

test('a Debian root has none', () => {
  expect(obstacles(able)).toEqual([]);
});

test('programs that apt can bring are none', () => {
  expect(obstacles({ ...able, absent: ['mmdebstrap', 'tc'] })).toEqual([]);
});

test('another system is the only thing said, whatever else is missing', () => {
  const found = { ...able, platform: 'darwin', user: 501, absent: ['ip'], hasOverlay: false };
  expect(obstacles(found)).toEqual(['hosts are containers of a Linux kernel, and this is darwin']);
});

test('everything missing is said at once, programs with their packages', () => {
  const found = { ...able, user: 1000, absent: ['systemd-nspawn', 'tc'], hasOverlay: false };
  expect(obstacles(found)).toEqual([
    'making containers and their network needs root: use sudo',
    'the kernel has no overlay file system',
    'these programs are missing: systemd-nspawn (package systemd-container), tc (package iproute2)',
  ]);
});

test('without apt, a missing program is named', () => {
  expect(obstacles({ ...able, hasApt: false, absent: ['ssh'] })).toEqual([
    'these programs are missing: ssh (package openssh-client)',
  ]);
});
