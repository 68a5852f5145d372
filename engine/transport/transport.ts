/** A transport opens one byte stream to `/bin/sh` on a host and nothing else. */
import type { Readable, Writable } from 'node:stream';
import type { Secret } from '../secrets/secret.ts';

/** Where and how to connect; made by the inventory from connection variables. */
export interface Connection {
  readonly transport: 'openssh' | 'node-ssh' | 'local' | 'fake';
  /** Address or name; for openssh also an alias of ~/.ssh/config. */
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: Secret;
  readonly privateKeyFile?: string;
  readonly knownHostsFile?: string;
  /** 'strict' (default): unknown keys are refused; 'accept-new': first sight is trusted. */
  readonly hostKeyChecking?: 'strict' | 'accept-new';
  readonly proxyJump?: string;
  /** Further arguments for the ssh client, in order. */
  readonly sshArguments?: readonly string[];
  /** Seconds. Default 10. */
  readonly connectTimeout?: number;
  /** Seconds for which openssh keeps the connection for a later run. Default: not at all. */
  readonly connectionPersist?: number;
  /** The whole connection becomes: every step that does not say otherwise. */
  readonly become?: Become;
  /** For steps that say `become: true` where the connection itself does not. */
  readonly becomeDefaults?: Become;
}

/** Run as another user through sudo, su or doas. */
export interface Become {
  readonly method: 'sudo' | 'su' | 'doas';
  readonly user: string;
  readonly password?: Secret;
}

export interface ByteStream {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once, with why the stream ended (last stderr lines of ssh, for people). */
  readonly closed: Promise<{ readonly code: number | null; readonly why: string }>;
  /** Ends it at once. */
  kill(this: void): void;
  /** It rides on a connection of an earlier run, which may have died unnoticed meanwhile. */
  readonly warm?: boolean;
}

export interface Transport {
  readonly name: Connection['transport'];
  /**
   * Opens the stream; the far end is the login shell that was asked to run `/bin/sh`.
   * @throws UnreachableError with the cause and a hint (unknown host key, refused, no route, …)
   */
  open(connection: Connection, signal?: AbortSignal): Promise<ByteStream>;
}
