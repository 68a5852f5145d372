import { expect, test } from 'vitest';
import { cheaperFirst, mayChoose } from '../../engine/transport/key-exchange.ts';

const sntrup = ['sntrup761x25519-sha512', 'sntrup761x25519-sha512@openssh.com'];
const mlkem = 'mlkem768x25519-sha256';
const rest = ['curve25519-sha256', 'diffie-hellman-group14-sha256'];

test.each([
  ['OpenSSH 9.9, which offers the dearer first', [...sntrup, mlkem, ...rest], `^${mlkem}`],
  ['OpenSSH 10, which does so by itself', [mlkem, ...sntrup, ...rest], undefined],
  ['OpenSSH 9.2, which has but one', [...sntrup, ...rest], undefined],
  ['an older client', rest, undefined],
  ['a client without the dearer', [...rest, mlkem], undefined],
  ['no client', [], undefined],
])('the cheaper post-quantum key exchange goes first: %s', (_, order, expected) => {
  expect(cheaperFirst(order)).toBe(expected);
});

test.each([
  ['Host *\n  KexAlgorithms curve25519-sha256\n', true],
  ['kexalgorithms=+diffie-hellman-group1-sha1', true],
  ['Include ~/.ssh/work/*\n', true],
  ['Include /etc/ssh/ssh_config.d/*.conf\n\nHost *\n  HashKnownHosts yes\n', false],
  ['# KexAlgorithms are left alone\nHost a\n  Port 2222\n', false],
  ['', false],
])('whoever configures key exchanges keeps them: %j', (configuration, expected) => {
  expect(mayChoose(configuration)).toBe(expected);
});
