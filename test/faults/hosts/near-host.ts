/** A host on this machine: an sshd with mounts and processes of its own, and what leads to it. */
import { readFileSync } from 'node:fs';
import { startSshd, type Sshd, type SshdOptions } from '../../transport/sshd.ts';

export interface NearHost extends Sshd {
  /** A line of hosts.yaml. @param more variables as YAML in one line; default `user: root` */
  line(name: string, more?: string): string;
  /** Where its root folder can be seen from outside. */
  root(): string;
  /** Ends it and all that runs in it at once, as a power cut does. */
  cut(): void;
}

export interface NearHostOptions extends Omit<SshdOptions, 'within'> {
  /** Shell lines that change the machine before its sshd starts; nobody outside sees that. */
  readonly inside?: string;
  /** Words before its sshd, as those of a tracer. */
  readonly under?: readonly string[];
}

const unshare = 'unshare --mount --propagation private --pid --fork --kill-child --mount-proc';
/** Where runs leave locks and session folders, and what tells one machine from another. */
const places = `mkdir -p /run/tsplay
mount -t tmpfs -o mode=0755 tmpfs /run/tsplay
od -An -v -tx1 -N16 /dev/urandom | tr -d ' ' >/run/tsplay/machine-id
mount --bind /run/tsplay/machine-id /etc/machine-id
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
`;

export async function nearHost({
  inside = '',
  under = [],
  ...options
}: NearHostOptions = {}): Promise<NearHost> {
  const script = `${places}${inside}\nexec "$@"`;
  const within = [...unshare.split(' '), 'sh', '-ec', script, 'sh', ...under];
  const sshd = await startSshd({ ...options, within });
  let running = true;
  const cut = (): void => {
    if (running) process.kill(sshd.pid, 'SIGKILL');
    running = false;
  };
  return {
    ...sshd,
    line: (name, more = 'user: root') => `    ${name}: { ${inventoryOf(sshd)}, ${more} }\n`,
    root: () =>
      `/proc/${readFileSync(`/proc/${sshd.pid}/task/${sshd.pid}/children`, 'utf8').trim()}/root`,
    cut,
    async stop() {
      cut();
      await sshd.stop();
    },
  };
}

export const inventory = (...lines: readonly string[]): string =>
  `all:\n  hosts:\n${lines.join('')}`;

function inventoryOf({ port, folder }: Sshd): string {
  const key = `privateKeyFile: ${folder}/key, knownHostsFile: ${folder}/known_hosts`;
  return `host: 127.0.0.1, port: ${port}, connectTimeout: 5, ${key}`;
}
