/** What the connection variables of a host or group say. */
import { type Secret } from '../../secrets/secret.ts';
import type { Become, Connection } from '../../transport/transport.ts';
import { type Variable } from '../variables/variable.ts';

/** Values by slot: what the spellings of one connection variable share. */
export interface Settings {
  host: string;
  port: number;
  user: string;
  password: Secret;
  privateKeyFile: string;
  knownHostsFile: string;
  hostKeyChecking: 'strict' | 'accept-new';
  transport: Connection['transport'];
  proxyJump: string;
  sshArguments: readonly string[];
  sshArgs: readonly string[];
  sshCommonArgs: readonly string[];
  sshExtraArgs: readonly string[];
  connectTimeout: number;
  connectionPersist: number;
  become: boolean;
  becomeUser: string;
  becomeMethod: Become['method'];
  becomePassword: Secret;
}

export type Slot = keyof Settings;

export interface Setting {
  readonly value: Settings[Slot];
  readonly variable: Variable;
}
