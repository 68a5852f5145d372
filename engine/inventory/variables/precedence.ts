/** Which variable wins: Ansible's order, and its description for people. */

/** Levels from the weakest to the strongest. */
export const levels = [
  'inventory groups',
  'inventory group_vars/all',
  'playbook group_vars/all',
  'inventory group_vars',
  'playbook group_vars',
  'inventory hosts',
  'inventory host_vars',
  'playbook host_vars',
  'added hosts',
  'command line connection',
  'extra',
] as const;

export type Level = (typeof levels)[number];

/** Levels whose entity is a group; the others belong to hosts or to everything. */
export const groupLevels = levels.slice(0, 5);
export const hostLevels = levels.slice(5, 9);

/** For the documentation page. */
export const precedenceDocs = `Variables, the later wins:

1. \`vars\` of groups in the inventory files
2. \`group_vars/all\` beside the inventory
3. \`group_vars/all\` beside the playbook
4. \`group_vars/NAME\` beside the inventory
5. \`group_vars/NAME\` beside the playbook
6. variables of a host in the inventory files
7. \`host_vars/NAME\` beside the inventory
8. \`host_vars/NAME\` beside the playbook
9. \`vars\` of \`addHost\`
10. connection flags of the command line (\`-u\`, \`-b\`, …)
11. \`-e\`

Then what a playbook passes to a role, \`role({ … })\`, which wins there.

Within 1 to 5 a child group wins over its parents (the longest way from \`all\` counts), among groups
of one depth the higher \`priority\` (default 1), then the name that sorts later. Within one group
and level the later file wins: \`-i\` in the order given, files of a folder by name, \`NAME.yaml\`
before the files of \`NAME/\`.

A value replaces the weaker one whole: mappings and lists are never merged.

Names of connection variables (\`host\`, \`port\`, \`user\`, \`password\`, \`become\`, … and their
\`ansible_*\` spellings) always mean the connection and never reach a role.
`;
