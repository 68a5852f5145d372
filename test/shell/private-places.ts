/** Shells for which the places of locks and session folders are their own: other runs go on beside. */
import { execFileSync, spawn } from 'node:child_process';

export interface PrivatePlaces {
  /** The words that run a command among them. */
  readonly enter: readonly string[];
  /** Runs a script among them. @returns what it printed */
  run(script: string): string;
  close(): void;
}

const places = ['/run/tsplay', '/dev/shm', '/tmp/play-private'];

/** A mount namespace of its own with an empty `/run/tsplay` and `/dev/shm`. */
export async function privatePlaces(): Promise<PrivatePlaces> {
  const mounts = places.map((at) => `mkdir -p ${at}; mount -t tmpfs -o mode=755 tmpfs ${at}`);
  const script = `${mounts.join('; ')}; chmod 1777 /dev/shm; echo; exec sleep 600`;
  const child = spawn('unshare', ['--mount', 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', () => reject(new Error('no mount namespace: the test needs root')));
  });
  child.stdout.destroy();
  const enter = ['nsenter', `--mount=/proc/${child.pid}/ns/mnt`];
  const [program = '', ...words] = enter;
  return {
    enter,
    run: (text) => execFileSync(program, [...words, 'sh', '-c', text], { encoding: 'utf8' }),
    close: () => void child.kill('SIGKILL'),
  };
}
