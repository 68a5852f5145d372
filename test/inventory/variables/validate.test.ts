import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatError, type Place } from '../../../engine/errors.ts';
import { parseExtraVariables } from '../../../engine/inventory/variables/extra.ts';
import { unusedVariables } from '../../../engine/inventory/variables/unused.ts';
import { validateVariables } from '../../../engine/inventory/variables/validate.ts';
import { variableValidator } from '../../../engine/inventory/variables/validator.ts';
import type { Inventory } from '../../../engine/inventory/view.ts';
import { secretText } from '../../../engine/secrets/schema.ts';
import { isSecret, reveal, secret } from '../../../engine/secrets/secret.ts';
import { inventoryOf } from '../files.ts';

const at: Place = { file: '/repo/site.ts', line: 7, column: 3 };
const context = { what: "role 'etcd'", at };

const schema = z.strictObject({
  version: z.string().default('3.4.23'),
  clientPort: z.number().int().max(65_535).default(2379),
  mode: z
    .string()
    .regex(/^0[0-7]{3}$/, 'expected a mode')
    .default('0644'),
  secure: z.boolean().default(true),
  members: z.array(z.string()).default([]),
  tls: z
    .strictObject({ days: z.number(), names: z.array(z.strictObject({ dns: z.string() })) })
    .optional(),
  level: z.enum(['info', 'debug']).default('info'),
  size: z.union([z.number(), z.boolean()]).default(1),
  rule: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('tcp'), listen: z.number() }),
      z.strictObject({ kind: z.literal('http'), path: z.string() }),
    ])
    .optional(),
  token: secretText.optional(),
});

it('-e wins over what the playbook passes, and is named where it is wrong', async () => {
  const extra = await parseExtraVariables(['clientPort=9', 'size=x']);
  const inventory = await inventoryOf('all:\n  hosts: { h: }\n', { extra });
  const given = { clientPort: 7, version: '3.5.0', size: 2 };
  const wrong = validateVariables(inventory, 'h', schema, given, context);
  expect(wrong.errors?.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^size \(-e\): /),
  ]);
  const right = await inventoryOf('all:\n  hosts: { h: }\n', {
    extra: await parseExtraVariables(['clientPort=9']),
  });
  expect(validateVariables(right, 'h', schema, given, context).value).toMatchObject({
    clientPort: 9,
    version: '3.5.0',
  });
});

it('a variable of -e that nobody knows is told apart from those of the inventory', async () => {
  const extra = await parseExtraVariables(['nosuch=1', 'version=2']);
  const inventory = await inventoryOf('all:\n  hosts: { h: }\n  vars: { other: 1 }\n', { extra });
  expect(unusedVariables(inventory, [schema])).toEqual([
    expect.objectContaining({ name: 'other', extra: false }),
    expect.objectContaining({ extra: true, message: 'nosuch (-e) is not used by any role' }),
  ]);
});

const ofHost = (vars: string): Promise<Inventory> =>
  inventoryOf(`all:\n  hosts: { h: }\n  vars:\n    ${vars}\n`);

function complaints(
  inventory: Inventory,
  of: z.ZodType = schema,
  given: Readonly<Record<string, unknown>> = {},
): string {
  const { errors = [] } = validateVariables(inventory, 'h', of, given, context);
  return errors.map((error) => formatError(error).replace(/^\/\S*\//, '')).join('\n');
}

describe('variables of a role', () => {
  it('those that the schema knows are taken and parsed, `given` wins', async () => {
    const inventory = await ofHost('{ version: "3.5", clientPort: 1, other: 1, token: hunter2 }');
    const { value } = validateVariables(inventory, 'h', schema, { clientPort: 2 }, context);
    expect(value).toMatchObject({ version: '3.5', clientPort: 2, secure: true });
    expect(value).not.toHaveProperty('other');
    expect(isSecret(value?.token) && reveal(value.token)).toBe('hunter2');
  });

  it('a given undefined is not given', async () => {
    const inventory = await ofHost('version: "3.5"');
    const { value } = validateVariables(inventory, 'h', schema, { version: undefined }, context);
    expect(value?.version).toBe('3.5');
  });

  it.each([
    [
      'version: 1.30',
      "hosts.yaml:4:14  all.vars.version: expected string, received number\n  hint: quote it: '1.30'",
    ],
    ['version: true', "received boolean\n  hint: quote it: 'true'"],
    [
      'mode: 0644',
      "hosts.yaml:4:11  all.vars.mode: expected string, received number\n  hint: write '0644'",
    ],
    [
      'mode: 644',
      "hosts.yaml:4:11  all.vars.mode: expected string, received number\n  hint: write '0644'",
    ],
    ['mode: "644"', 'hosts.yaml:4:11  all.vars.mode: expected a mode'],
    [
      'secure: yes',
      'hosts.yaml:4:13  all.vars.secure: expected boolean, received string\n  hint: write true',
    ],
    ['secure: Off', 'hint: write false'],
    ['secure: maybe', 'all.vars.secure: expected boolean, received string'],
    ['clientPort: "2379"', 'hint: write 2379 without quotes'],
    ['clientPort: 70000', 'all.vars.clientPort: too big: expected number to be <=65535'],
    [
      'clientPort:',
      'hosts.yaml:4:5  all.vars.clientPort: expected number, received null\n  hint: the value is empty',
    ],
    ['members: a', 'all.vars.members: expected array, received string\n  hint: write a list: [a]'],
    [
      'members: [a, 1]',
      "hosts.yaml:4:18  all.vars.members[1]: expected string, received number\n  hint: quote it: '1'",
    ],
    ['level: inof', 'all.vars.level: invalid option: expected one of "info"|"debug"'],
    ['size: big', 'all.vars.size: expected number or boolean'],
    ['token: 1234', "all.vars.token: expected a text or a secret\n  hint: quote it: '1234'"],
    ['tls: { days: 1 }', 'hosts.yaml:4:10  all.vars.tls.names: missing: expected array'],
    [
      'tls: { dasy: 1, days: 1, names: [] }',
      "hosts.yaml:4:18  all.vars.tls.dasy: unknown key\n  hint: did you mean 'days'?",
    ],
    [
      'tls: { days: 1, names: [{ dsn: a, dns: b }] }',
      "hosts.yaml:4:36  all.vars.tls.names[0].dsn: unknown key\n  hint: did you mean 'dns'?",
    ],
    [
      'tls: { days: 1, names: [{ "my key": a, dns: b }] }',
      "all.vars.tls.names[0]['my key']: unknown key\n  hint: known: dns",
    ],
    ['rule: { kind: tcp, listen: x }', 'hosts.yaml:4:32  all.vars.rule.listen: expected number'],
    ['rule: { kind: udp }', 'hosts.yaml:4:19  all.vars.rule.kind: '],
  ])('%s is refused', async (vars, message) => {
    expect(complaints(await ofHost(vars))).toContain(message);
  });

  it('all mistakes come together', async () => {
    const lines = complaints(await ofHost('{ version: 1, mode: 2, secure: no }')).split('\n');
    expect(lines.filter((line) => !line.startsWith('  '))).toHaveLength(3);
  });

  it('a missing variable is shown where the host is', async () => {
    const needs = z.strictObject({ address: z.string(), port: z.number() });
    expect(complaints(await ofHost('x: 1'), needs)).toBe(
      "hosts.yaml:2:12  address: missing for h: role 'etcd' needs it\n" +
        "  hint: write 'address: …' (expected string) for the host or one of its groups\n" +
        "hosts.yaml:2:12  port: missing for h: role 'etcd' needs it\n" +
        "  hint: in an inventory 'port' is the connection's: pass it with the role, or rename it",
    );
  });

  it("a role does not get what is the connection's, and says so", async () => {
    const needs = z.strictObject({ port: z.number().default(80) });
    const inventory = await ofHost('port: 8080');
    expect(complaints(inventory, needs)).toBe(
      "hosts.yaml:4:11  all.vars.port is the connection's: role 'etcd' cannot have it from here\n" +
        '  hint: pass it with the role, or rename it',
    );
    expect(validateVariables(inventory, 'h', needs, { port: 81 }, context).value?.port).toBe(81);
  });

  it('what the playbook gives is shown where it gives it', async () => {
    const given = { clientPort: 'x', vresion: 1 };
    expect(complaints(await ofHost('x: 1'), schema, given)).toBe(
      "site.ts:7:3  role 'etcd', clientPort: expected number, received string\n" +
        "site.ts:7:3  role 'etcd', vresion: unknown key\n  hint: did you mean 'version'?",
    );
  });

  it('a rule over several variables is shown at the playbook', async () => {
    const odd = z
      .strictObject({ a: z.number(), b: z.number() })
      .refine(({ a, b }) => a < b, 'a must be below b');
    expect(complaints(await ofHost('{ a: 2, b: 1 }'), odd)).toBe(
      "site.ts:7:3  role 'etcd': a must be below b",
    );
  });

  it('a value of -e names -e', async () => {
    const extra = await parseExtraVariables(['version=1.30']);
    const inventory = await inventoryOf('all: { hosts: { h: } }', { extra });
    expect(complaints(inventory)).toBe(
      "version (-e): expected string, received number\n  hint: quote it: '1.3'",
    );
  });

  it.each([
    ['transform', schema.transform((vars) => vars)],
    ['default', schema.default({} as never)],
    ['readonly', schema.readonly()],
    ['intersection', z.intersection(schema.partial(), schema.partial())],
  ])('the names are found through %s', async (_, of) => {
    const inventory = await ofHost('version: "9"');
    const { value } = validateVariables(inventory, 'h', of, {}, context);
    expect(value).toMatchObject({ version: '9' });
  });

  it('a schema that is no object is refused', async () => {
    expect(complaints(await ofHost('x: 1'), z.string())).toBe(
      "site.ts:7:3  the variables of role 'etcd' must be an object\n  hint: write vars: z.strictObject({ … })",
    );
  });

  it('a mistake never shows a secret', async () => {
    const text = complaints(await ofHost('version: !secret hunter2'));
    expect(text).toContain('all.vars.version: expected string');
    expect(text).not.toContain('hunter2');
  });
});

describe('the mistakes of many hosts', () => {
  it('one value that all share is told once, what all lack is one mistake', async () => {
    const inventory = await inventoryOf('all:\n  hosts:\n    w[1:9]:\n  vars:\n    version: 1\n');
    const validator = variableValidator(inventory);
    const needs = z.strictObject({ version: z.string(), missing: z.string() });
    for (const host of inventory.hosts) {
      const of = { kind: 'role', name: 'etcd', at };
      expect(validator.validate(host, needs, {}, of)).toBeUndefined();
    }
    expect(validator.errors.map(({ message }) => message)).toEqual([
      'all.vars.version: expected string, received number',
      "missing: missing for w1 and 8 more: role 'etcd' needs it",
    ]);
  });

  it('a valid host gives its value and no mistake', async () => {
    const validator = variableValidator(await ofHost('version: "1"'));
    const inventory = await ofHost('version: "1"');
    const found = validator.validate(inventory.host('h'), schema, {}, { name: 'etcd', at });
    expect(found?.value).toMatchObject({ version: '1' });
    expect(validator.errors).toEqual([]);
  });
});

describe('a secret variable', () => {
  it('takes a Secret and a text, nothing else', () => {
    expect(reveal(secretText.parse('a'))).toBe('a');
    expect(reveal(secretText.parse(secret('b')))).toBe('b');
    expect(secretText.safeParse(1).success).toBe(false);
    expect(secretText.safeParse(undefined).success).toBe(false);
  });
});

describe('unused variables', () => {
  it('are those that no schema knows; a slip has a suggestion', async () => {
    const inventory = await inventoryOf(`
all: { vars: { version: 1, etcd_dataDri: /x, ip: 10.0.0.1, other: 1, port: 22 } }
web: { hosts: { h: { clinetPort: 1 } } }
`);
    const known = z.strictObject({ etcd_dataDir: z.string() });
    const unused = unusedVariables(inventory, [schema, known]);
    expect(unused.map(({ message, suggestion, at }) => [message, suggestion, at?.line])).toEqual([
      ['all.vars.etcd_dataDri is not used by any role', 'etcd_dataDir', 2],
      ['all.vars.other is not used by any role', undefined, 2],
      ['web.hosts.h.clinetPort is not used by any role', 'clientPort', 3],
    ]);
    expect(unused[0]?.hint).toBe("did you mean 'etcd_dataDir'?");
  });
});
