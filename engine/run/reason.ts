/** The line of a program's complaints that says why: what people read first. */

/** Lines that only point at another line or place. */
const pointers = [
  /^[\s^~.|_-]*$/,
  /^\s*see (?:also\b|system logs|the (?:logs|man)|["'`]?systemctl|["'`]?journalctl)/i,
  /^\s*(?:try|run) ["'`]?\S+( \S+)? (?:-h|--help)\b/i,
  /^\s*at .+:\d+(?::\d+)?\)?$/,
  /^\s*Traceback \(most recent call last\):$/,
  // The list, in place of the source that it could not have.
  /^(?:E|W): Some index files failed to download/,
];

/** Words that tell why, the surest first. */
const signs = [
  /^E: |^(?:\S+: )?(?:fatal|error|panic)\b[:!]|\b(?:syntax|parse) error\b|\bERR!|\b\w+(?:Error|Exception):|^[EF]\d{4} /i,
  /(?:^|[\s:])(?:fatal|error)[:!]|\b(?:failed|failure|cannot|can't|could not|unable to|denied|refused|invalid|no such|not found|unknown|unrecognized|unsupported|does not exist|already exists|not permitted)\b/i,
];

/**
 * @param stderr what a program said; evidence that our scripts add, a journal, stands below a line
 *   `--- of what`
 * @returns one line without surrounding blanks; empty where it said nothing
 */
export function reasonIn(stderr: string): string {
  const all = stderr.trim().split('\n');
  const evidence = all.findIndex((line) => line.startsWith('--- '));
  const said = evidence > 0 ? all.slice(0, evidence) : all;
  const lines = said.filter((line) => !pointers.some((pointer) => pointer.test(line)));
  for (const sign of signs) {
    const line = lines.find((each) => sign.test(each));
    if (line !== undefined) return line.trim();
  }
  return (lines.at(-1) ?? said.at(-1) ?? '').trim();
}
