/** A host's connection from its settings. */
import type { Become, Connection } from '../../transport/transport.ts';
import type { Setting, Settings, Slot } from './settings.ts';

/** The connection of a host; its name is the address unless `host` says otherwise. */
export function connectionOf(name: string, settings: ReadonlyMap<Slot, Setting>): Connection {
  const get = <S extends Slot>(slot: S): Settings[S] | undefined =>
    settings.get(slot)?.value as Settings[S] | undefined;
  const sshArguments =
    get('sshArguments') ??
    [get('sshArgs'), get('sshCommonArgs'), get('sshExtraArgs')].flatMap((each) => each ?? []);
  const password = get('becomePassword');
  const become: Become = Object.freeze({
    method: get('becomeMethod') ?? 'sudo',
    user: get('becomeUser') ?? 'root',
    ...(password && { password }),
  });
  const transport = get('transport') ?? 'openssh';
  return Object.freeze({
    transport,
    host: get('host') ?? name,
    ...present({
      port: get('port'),
      user: get('user'),
      password: get('password'),
      privateKeyFile: get('privateKeyFile'),
      knownHostsFile: get('knownHostsFile'),
      hostKeyChecking: get('hostKeyChecking'),
      proxyJump: get('proxyJump'),
      connectTimeout: get('connectTimeout'),
    }),
    ...(transport === 'openssh' && present({ connectionPersist: get('connectionPersist') })),
    ...(sshArguments.length > 0 && { sshArguments: Object.freeze(sshArguments) }),
    ...(get('become') === true && { become }),
    becomeDefaults: become,
  });
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Present<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<T>;
}
