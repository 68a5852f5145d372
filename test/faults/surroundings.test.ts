import { afterAll, describe, test } from 'vitest';
import { inventory, nearHost } from './hosts/near-host.ts';
import { Project } from './project.ts';
import { insideOf, ordinaryPlay, surroundings, type Surrounding } from './hosts/surroundings.ts';
import { report } from './trial.ts';

/** Of users that nobody else has. */
const firstUid = 4200;
/** Hosts at once: most of them wait. */
const lanes = 4;

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

/** What is wrong with runs on a host in these surroundings. */
async function wrongIn(surrounding: Surrounding, uid: number): Promise<string | undefined> {
  const inside = insideOf(surrounding, uid);
  const { sshd: lines = [], sudoers, refused } = surrounding;
  const host = await nearHost({ inside, lines, base: '/var/tmp' });
  const project = new Project({
    'hosts.yaml': inventory(host.line('h', 'user: odd')),
    'site.ts': ordinaryPlay(sudoers !== undefined),
  });
  ends.push(
    () => host.stop(),
    () => project.remove(),
  );
  const first = await project.play();
  const said = first.stdout + first.stderr;
  if (refused) {
    const [code, says] = refused;
    if (first.code === code && says.test(said)) return undefined;
    return `ended with ${first.code}\n${said}`;
  }
  if (first.code !== 0) return `ended with ${first.code}\n${said}`;
  const second = await project.play();
  if (second.code === 0 && second.stdout.includes('\n0 changed')) return undefined;
  return `again: ${second.code}\n${second.stdout}${second.stderr}`;
}

describe('a host that is set up in an odd way', () => {
  test('does what it can, and else names the cause', async (context) => {
    const cases = Object.entries(surroundings);
    const queue = [...cases];
    const missed: string[] = [];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const wrong = await wrongIn(next[1], firstUid + queue.length);
        if (wrong !== undefined) missed.push(`${next[0]}: ${wrong}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, work));
    report(context, {
      fault: cases.map(([name]) => name).join('; '),
      promise:
        'the work is done, and a second run changes nothing; where that cannot be, the message names the cause, and a host that gives no shell is unreachable (4)',
      tried: cases.length,
      held: cases.length - missed.length,
      missed,
    });
  }, 240_000);
});
