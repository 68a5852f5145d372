import { expect, test } from 'vitest';
import { playFlags } from '../../engine/cli/flags.ts';
import { parseFlags } from '../../engine/cli/parse.ts';
import { playSettings } from '../../engine/cli/settings.ts';
import { formatError } from '../../engine/errors.ts';

const settings = (line: string) => {
  const { flags, positionals } = parseFlags(playFlags, line.split(' ').filter(Boolean), 'play');
  return playSettings(flags, positionals);
};

const refusal = (line: string): string => {
  try {
    settings(line);
  } catch (error) {
    return formatError(error);
  }
  throw new Error(`accepted: ${line}`);
};

test('flags have the names and letters of ansible-playbook', () => {
  const line =
    'site.ts -i a.yaml -i b.yaml -l web:!old -t x,y --tags z --skip-tags q -C -D --exit-code ' +
    '-e a=1 -e @v.yaml -f 7 -u deploy -b --become-user app -K -vvv --start-at-task t --step ' +
    '--force-handlers --forget-pending -T 30 --no-lookahead --profile --typecheck';
  expect(settings(line)).toMatchInlineSnapshot(`
    {
      "askBecomePassword": true,
      "become": "app",
      "check": true,
      "diff": true,
      "exitCode": true,
      "extraVars": [
        "a=1",
        "@v.yaml",
      ],
      "forceHandlers": true,
      "forgetPending": true,
      "forks": 7,
      "inventories": [
        "a.yaml",
        "b.yaml",
      ],
      "limit": "web:!old",
      "lists": {
        "hosts": false,
        "tags": false,
        "tasks": false,
      },
      "lookahead": false,
      "output": "pretty",
      "playbook": "site.ts",
      "profile": true,
      "shard": undefined,
      "skipTags": [
        "q",
      ],
      "startAtTask": "t",
      "step": true,
      "tags": [
        "x",
        "y",
        "z",
      ],
      "taskTimeout": 30,
      "typecheck": true,
      "user": "deploy",
      "verbosity": 3,
      "waitLock": 0,
    }
  `);
});

test('without flags a playbook is applied to all hosts, for people', () => {
  expect(settings('-i a.yaml site.ts')).toMatchObject({
    playbook: 'site.ts',
    check: false,
    become: undefined,
    output: 'pretty',
    verbosity: 0,
    lists: { hosts: false, tasks: false, tags: false },
  });
});

test('a flag that is misspelt is refused, never ignored', () => {
  expect(refusal('site.ts -i a --chekc')).toMatchInlineSnapshot(`
    "unknown flag --chekc
      hint: did you mean --check?"
  `);
  expect(refusal('site.ts -i a --check=yes')).toMatchInlineSnapshot(
    `"Option '-C, --check' does not take an argument"`,
  );
  expect(refusal('site.ts -i a -x')).toMatchInlineSnapshot(`
    "unknown flag -x
      hint: play --help lists all flags"
  `);
  expect(refusal('site.ts -i a --limit')).toMatchInlineSnapshot(
    `"Option '-l, --limit <value>' argument missing"`,
  );
  expect(refusal('site.ts -i a --output jsno')).toMatchInlineSnapshot(`
    "--output jsno: not one of pretty, json
      hint: did you mean json?"
  `);
});

test('flags that make no sense are refused', () => {
  const lines = [
    '-i a',
    'site.ts',
    'site.ts more.ts -i a',
    'site.ts -i a --exit-code',
    'site.ts -i a --become-user app',
    'site.ts -i a -f none',
    'site.ts -i a -f 0',
    'site.ts -i a --step --output json',
  ];
  expect(lines.map(refusal).join('\n')).toMatchInlineSnapshot(`
    "no playbook given
      hint: play site.ts -i inventories/prod.yaml
    no inventory given
      hint: play site.ts -i <inventory>
    one playbook at a time, not also more.ts
      hint: import the other one and join their plays
    --exit-code is about pending changes
      hint: add --check
    --become-user has no effect without become
      hint: add -b
    --forks none: not a number of hosts
      hint: for example -f 10
    --forks 0: not a number of hosts
      hint: for example -f 10
    --step asks questions, which --output json cannot show"
  `);
});
