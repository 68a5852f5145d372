import { expect, test } from 'vitest';
import { commandFailure } from '../../engine/run/failure.ts';
import { rawScript } from '../../engine/shell/script.ts';

const failureOf = (stderr: string, command?: string) => {
  const bytes = { stdout: Buffer.from(''), stderr: Buffer.from(stderr) };
  const reply = { code: 3, ...bytes, timedOut: false, truncated: false };
  return commandFailure(undefined, { script: rawScript('our own'), command }, reply);
};

test.each([
  ['the cause\n--- last lines of the journal of x\nNov 21 x\n', 'the cause'],
  ['--- a line of its own\nlast', 'last'],
  ['one\ntwo\n', 'two'],
  [
    '/etc/sudoers.d/x:1:7: syntax error\nada ALL=nonsense\n       ^~~\n',
    '/etc/sudoers.d/x:1:7: syntax error',
  ],
  [
    'Job for x.service failed because the control process exited with error code.\n' +
      'See "systemctl status x.service" and "journalctl -xeu x.service" for details.\n',
    'Job for x.service failed because the control process exited with error code.',
  ],
  [
    'Failed to start x.service: Unit x.service has a bad unit file setting.\n' +
      "See system logs and 'systemctl status x.service' for details.\n",
    'Failed to start x.service: Unit x.service has a bad unit file setting.',
  ],
  [
    "W: The repository 'http://x' is not signed.\n" +
      "E: The repository 'http://x stable Release' does not have a Release file.\n" +
      'E: Some index files failed to download. They have been ignored, or old ones used instead.\n',
    "E: The repository 'http://x stable Release' does not have a Release file.",
  ],
  [
    'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\nKeyError: 7\n',
    'KeyError: 7',
  ],
  [
    'x.c:3:1: error: expected ;\n  3 | }\n    | ^\n1 error generated\n',
    'x.c:3:1: error: expected ;',
  ],
  [
    'nginx: [emerg] unknown directive "lsten"\nnginx: configuration file x test failed\n',
    'nginx: [emerg] unknown directive "lsten"',
  ],
  [
    'usermod: group \'x\' does not exist\nTry "usermod --help"\n',
    "usermod: group 'x' does not exist",
  ],
  [
    'E1128 10:00:00 run.go:74] "command failed"\nUsage:\n  --x\n',
    'E1128 10:00:00 run.go:74] "command failed"',
  ],
])('of %j the reason is %j', (stderr, reason) => {
  expect(failureOf(stderr).message).toBe(`ended with code 3: ${reason}`);
});

test('what said nothing has its exit code for a reason', () => {
  expect(failureOf('').message).toBe('ended with code 3');
});

test("the user's own command is shown as it was written, our own text apart from it", () => {
  expect(failureOf('', 'make install')).toMatchObject({ command: 'make install' });
  expect(failureOf('', 'make install')).not.toHaveProperty('script');
  expect(failureOf('')).toMatchObject({ script: 'our own' });
  expect(failureOf('')).not.toHaveProperty('command');
});
