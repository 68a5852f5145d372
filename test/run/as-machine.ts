/** Fake hosts are shells of one machine; here each answers as if it were a machine of its own. */
import { machine } from '../../engine/module/machine.ts';
import type { HostConnection } from '../../engine/shell/session/host-connection.ts';
import type { Request, Session } from '../../engine/shell/session/session.ts';

const question = machine.definition.script(['host'], '');
const told = new WeakSet<Session>();

export function asMachine(name: string, host: HostConnection): HostConnection {
  const stdout = Buffer.from(`${name} boot\n`);
  return {
    async session(become) {
      const session = await host.session(become);
      if (told.has(session)) return session;
      told.add(session);
      const exchange = session.exchange.bind(session);
      return Object.assign(session, {
        exchange: (requests: readonly Request[]) =>
          exchange(requests).map(async (reply, index) => {
            const request = requests[index];
            const asked = request?.kind === 'read' && request.script === question;
            return asked ? { ...(await reply), stdout } : reply;
          }),
      });
    },
    close: () => host.close(),
    get counters() {
      return host.counters;
    },
  };
}
