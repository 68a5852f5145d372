/** One flag of a command; without `type: 'boolean'` or `count` it takes a value. */
export interface Flag {
  /** Its long name without dashes: `extra-vars`. */
  readonly name: string;
  /** One letter: `e` for `-e`. */
  readonly short?: string;
  /** `count`: may be repeated, `-vvv` is 3. */
  readonly type: 'boolean' | 'string' | 'count';
  /** May be given several times. */
  readonly multiple?: boolean;
  /** What stands for the value in the help. */
  readonly value?: string;
  /** Values that it takes; any where left out. */
  readonly choices?: readonly string[];
  /** What it does, in one line of `--help`. */
  readonly help: string;
}

const inventory = {
  name: 'inventory',
  short: 'i',
  type: 'string',
  multiple: true,
  value: 'path',
  help: 'inventory file or folder; may be given several times',
} as const satisfies Flag;

const limit = {
  name: 'limit',
  short: 'l',
  type: 'string',
  value: 'pattern',
  help: 'only these hosts: web:&prod:!old, globs, ~regex, web[0]',
} as const satisfies Flag;

const extraVars = {
  name: 'extra-vars',
  short: 'e',
  type: 'string',
  multiple: true,
  value: 'key=value|@file',
  help: 'variables that override all others; values are YAML, @file is a YAML file',
} as const satisfies Flag;

/** Every command has it. */
export const helpFlag = {
  name: 'help',
  short: 'h',
  type: 'boolean',
  help: 'show this help',
} as const satisfies Flag;

/** `play <playbook>` */
export const playFlags = [
  inventory,
  limit,
  {
    name: 'shard',
    type: 'string',
    value: 'part/parts',
    help: 'only one part of the hosts, as 3/8, which a digest of their names decides; auto: as GitLab CI, Slurm, Kubernetes or SHARD_INDEX and SHARD_TOTAL say (docs/shards.md)',
  },
  {
    name: 'shard-plays',
    type: 'string',
    value: 'plays',
    choices: ['all', 'safe', 'rest'],
    help: 'safe: with --shard, only the plays before the first that needs all hosts together; rest: that one and those behind it, for all hosts, when all parts are done (default all)',
  },
  {
    name: 'shard-report',
    type: 'string',
    multiple: true,
    value: 'file',
    help: 'with --shard-plays rest: the report of a part (--output json, or its journal); may be given several times',
  },
  {
    name: 'tags',
    short: 't',
    type: 'string',
    multiple: true,
    value: 'tags',
    help: 'only tasks with one of these tags, separated by commas',
  },
  {
    name: 'skip-tags',
    type: 'string',
    multiple: true,
    value: 'tags',
    help: 'skip tasks with one of these tags',
  },
  {
    name: 'start-at-task',
    type: 'string',
    value: 'name',
    help: 'start at the task with this name',
  },
  { name: 'step', type: 'boolean', help: 'ask before each task' },
  {
    name: 'check',
    short: 'C',
    type: 'boolean',
    help: 'write nothing; say what would change',
  },
  {
    name: 'diff',
    short: 'D',
    type: 'boolean',
    help: 'show what changes in files',
  },
  {
    name: 'exit-code',
    type: 'boolean',
    help: 'with --check: exit 3 when something is pending or unknown',
  },
  { name: 'list-hosts', type: 'boolean', help: 'list the hosts of each play and stop' },
  { name: 'list-tasks', type: 'boolean', help: 'list the tasks and stop' },
  { name: 'list-tags', type: 'boolean', help: 'list the tags and stop' },
  extraVars,
  {
    name: 'forks',
    short: 'f',
    type: 'string',
    value: 'number',
    help: 'number of hosts to work on at once (default 20)',
  },
  {
    name: 'task-timeout',
    short: 'T',
    type: 'string',
    value: 'seconds',
    help: 'time limit of an attempt, for tasks without a timeout of their own (default 600, packages 1800)',
  },
  { name: 'user', short: 'u', type: 'string', value: 'name', help: 'connect as this user' },
  { name: 'become', short: 'b', type: 'boolean', help: 'run tasks as another user' },
  {
    name: 'become-user',
    type: 'string',
    value: 'name',
    help: 'user to become (default root)',
  },
  {
    name: 'ask-become-pass',
    short: 'K',
    type: 'boolean',
    help: 'ask for the become password',
  },
  {
    name: 'force-handlers',
    type: 'boolean',
    help: 'run notified handlers even when a task failed',
  },
  {
    name: 'no-lookahead',
    type: 'boolean',
    help: 'read each task at its turn only, and reuse nothing that was read before: slow, for debugging',
  },
  {
    name: 'wait-lock',
    type: 'string',
    value: 'seconds',
    help: 'how long to wait for other runs on the same hosts, of this project or another controller (default 0: skip those hosts, exit code 5)',
  },
  {
    name: 'forget-pending',
    type: 'boolean',
    help: 'drop the handlers that earlier runs left pending (.play/pending) on these hosts in these plays',
  },
  {
    name: 'output',
    type: 'string',
    value: 'format',
    choices: ['pretty', 'json'],
    help: 'pretty, or json: one event a line (docs/events.md)',
  },
  {
    name: 'verbose',
    short: 'v',
    type: 'count',
    help: '-v every host and its result, -vv connections and notifications',
  },
  {
    name: 'profile',
    type: 'boolean',
    help: 'finish with the slowest tasks and the cost of each host',
  },
  {
    name: 'typecheck',
    type: 'boolean',
    help: 'check the types of the playbook first (needs typescript)',
  },
  helpFlag,
  { name: 'version', type: 'boolean', help: 'show the version' },
] as const satisfies readonly Flag[];

/** `play inventory` */
export const inventoryFlags = [
  inventory,
  extraVars,
  { name: 'graph', type: 'boolean', help: 'groups and hosts as a tree' },
  { name: 'list', type: 'boolean', help: 'all hosts with their variables, as JSON' },
  { name: 'host', type: 'string', value: 'name', help: 'the variables of one host, as JSON' },
] as const satisfies readonly Flag[];

/** `play doc` */
export const docFlags = [
  { name: 'long', short: 'l', type: 'boolean', help: 'list all modules with their summaries' },
] as const satisfies readonly Flag[];

/** `play new-module` */
export const newModuleFlags = [
  {
    name: 'folder',
    type: 'string',
    value: 'path',
    help: 'where the module and its test go (default modules)',
  },
] as const satisfies readonly Flag[];

/** `play report` */
export const reportFlags = [
  { name: 'merge', type: 'boolean', help: 'the reports of all parts as that of one run' },
  {
    name: 'retry',
    type: 'string',
    value: 'file',
    help: 'write the hosts that are not done into a file, for --limit @file',
  },
  {
    name: 'keep',
    type: 'boolean',
    help: 'take the handlers that are pending into .play/pending here: the next run of these plays runs them',
  },
  {
    name: 'output',
    type: 'string',
    value: 'format',
    choices: ['pretty', 'json'],
    help: 'pretty, or json: one event a line (docs/events.md)',
  },
] as const satisfies readonly Flag[];

/** `play shard` */
export const shardFlags = [
  { name: 'parts', type: 'string', value: 'number', help: 'how many parts' },
  {
    name: 'only',
    type: 'string',
    value: 'part',
    help: 'this part alone: it was cut short, or failed, and is run again',
  },
  {
    name: 'folder',
    short: 'o',
    type: 'string',
    value: 'folder',
    help: 'where the files go (default shards; for gitlab and github the project itself)',
  },
  { name: 'name', type: 'string', value: 'name', help: 'of the job (default: as the playbook)' },
  { name: 'start', type: 'boolean', help: 'start it too: kubectl apply, or sbatch' },
  {
    name: 'image',
    type: 'string',
    value: 'image',
    help: 'kubernetes: with tsplay and the project',
  },
  { name: 'namespace', type: 'string', value: 'name', help: 'kubernetes: where the job runs' },
  {
    name: 'ssh-secret',
    type: 'string',
    value: 'name',
    help: 'kubernetes: the Secret with id_ed25519 and known_hosts (default tsplay-ssh)',
  },
  {
    name: 'state-claim',
    type: 'string',
    value: 'name',
    help: 'kubernetes: a volume claim for .play, which outlives a pod; else it goes with the pod',
  },
  {
    name: 'kubernetes',
    type: 'string',
    value: 'version',
    help: 'kubernetes: of the cluster, as 1.24 (default: with --start what kubectl says, else 1.24)',
  },
  {
    name: 'program',
    type: 'string',
    value: 'words',
    help: 'slurm: how play is called on the nodes (default npx play)',
  },
  { name: 'partition', type: 'string', value: 'name', help: 'slurm: where the array runs' },
  {
    name: 'time',
    type: 'string',
    value: 'limit',
    help: 'slurm: time limit of a part, as 02:00:00',
  },
] as const satisfies readonly Flag[];
