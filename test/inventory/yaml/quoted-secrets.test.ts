import { expect, it } from 'vitest';
import { errorOf, inventoryOf } from '../files.ts';

const canary = 'canary-err-Zq81x';
const withVars = (vars: string): string => `all:\n  hosts: { a: }\n  vars:\n    ${vars}\n`;
const withHost = (variable: string): string => `all:\n  hosts:\n    a: { ${variable} }\n`;

it.each([
  ['a list that does not end behind it', withVars(`pw: !secret ${canary}\n    bad: [1,\n  x`)],
  ['a quote that does not end', withVars(`pw: !secret '${canary}`)],
  ['an escape that is none', withVars(`pw: !secret "${canary}\\q"`)],
  ['a secret that is a list', withVars(`pw: !secret [${canary}]`)],
  ['a secret that is there twice', withVars(`pw: !secret ${canary}\n    pw: !secret other`)],
  ['a port that is a secret', withHost(`port: !secret ${canary}`)],
  ['a user that is a secret', withHost(`user: !secret ${canary}`)],
  ['a method that is a secret', withHost(`becomeMethod: !secret ${canary}`)],
  ['a password that is a mapping', withHost(`becomePassword: { x: ${canary} }`)],
  ['a password that is an expression', withHost(`becomePassword: "${canary} {{ x }}"`)],
])('the error for %s does not quote it', async (_, text) => {
  const said = await errorOf(() => inventoryOf(text));
  expect(said).toMatch(/hosts\.yaml:\d+:\d+/);
  expect(said).not.toContain(canary);
});
