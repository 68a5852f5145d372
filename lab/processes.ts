/** Processes of a host. */

export interface HostProcess {
  readonly pid: number;
  readonly parent: number;
  readonly user: string;
  /** Name and arguments, as `ps` shows them. */
  readonly command: string;
}

/** What `ps -o` is asked for; an empty heading leaves the heading line out. */
export const processColumns = 'pid=,ppid=,user=,args=';

/** Reads what `ps` says; leaves out that `ps` itself. */
export function parseProcesses(text: string): HostProcess[] {
  const rows = text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
    if (!match) return [];
    const [, pid, parent, user = '', command = ''] = match;
    return [{ pid: Number(pid), parent: Number(parent), user, command }];
  });
  return rows.filter((row) => !row.command.endsWith(`ps -e -o ${processColumns}`));
}
