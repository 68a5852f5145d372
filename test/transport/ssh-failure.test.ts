import { describe, expect, it } from 'vitest';
import { isTransient, lastWords, sshFailure } from '../../engine/transport/ssh-failure.ts';

const connection = { transport: 'openssh', host: 'web1', port: 2222, user: 'deploy' } as const;

const cases: readonly (readonly [string, string, boolean])[] = [
  [
    'No ED25519 host key is known for [web1]:2222 and you have requested strict checking.\nHost key verification failed.',
    'its host key is unknown',
    false,
  ],
  [
    '@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.',
    'its host key has changed',
    false,
  ],
  ['ssh: connect to host web1 port 2222: Connection refused', 'the connection was refused', false],
  ['ssh: connect to host web1 port 2222: No route to host', 'there is no route to it', false],
  ['ssh: connect to host web1 port 2222: Connection timed out', 'it did not answer in time', false],
  [
    'Connection timed out during banner exchange\nConnection to 10.0.0.1 port 22 timed out',
    'it did not answer in time',
    false,
  ],
  ['ssh: Could not resolve hostname web1: Name or service not known', 'its name is unknown', false],
  ['deploy@web1: Permission denied (publickey,password).', 'the login was refused', false],
  [
    'Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures',
    'the login was refused',
    false,
  ],
  [
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.1 port 2222',
    'it closed the connection before the login',
    true,
  ],
  [
    'kex_exchange_identification: read: Connection reset by peer',
    'it closed the connection before the login',
    true,
  ],
  [
    'Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa',
    'no common algorithm',
    false,
  ],
  [
    'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535',
    'the connection was refused',
    false,
  ],
  ['command-line: line 0: Bad configuration option: nonsense', 'ssh refused its options', false],
  ['getaddrinfo ENOTFOUND web1 (ENOTFOUND)', 'its name is unknown', false],
  ['connect ECONNREFUSED 10.0.0.1:2222 (ECONNREFUSED)', 'the connection was refused', false],
  ['All configured authentication methods failed', 'the login was refused', false],
];

describe('what ssh says', () => {
  it.each(cases)('%s', (said, means, transient) => {
    const error = sshFailure(connection, said);
    expect(error.message).toContain(`cannot reach deploy@web1:2222: ${means}`);
    expect(error.hint).toBeTruthy();
    expect(isTransient(error)).toBe(transient);
  });

  it('is passed on where it is not known, without ssh’s chatter', () => {
    const said =
      'something odd\r\nTransferred: sent 1, received 2 bytes, in 0.1 seconds\nBytes per second: sent 1.0\n';
    expect(lastWords(said)).toBe('something odd');
    expect(sshFailure(connection, said).message).toBe(
      'cannot reach deploy@web1:2222: something odd',
    );
  });

  it('names a file that the hint can be typed with', () => {
    const changed = sshFailure(
      { ...connection, knownHostsFile: '/etc/known' },
      'REMOTE HOST IDENTIFICATION HAS CHANGED!',
    );
    expect(changed.hint).toContain("ssh-keygen -R '[web1]:2222' -f /etc/known");
  });
});
