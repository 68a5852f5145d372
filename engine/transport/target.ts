/** What a connection leads to. */
import type { Connection } from './transport.ts';

/** The machine that a connection leads to, whoever logs in and by which transport. */
export function targetOf({ transport, host, port, proxyJump }: Connection): string {
  if (transport === 'local') return 'local';
  const by = proxyJump === undefined ? '' : ` by ${proxyJump}`;
  return `${host}${port === undefined ? '' : `:${port}`}${by}`;
}
