/** Ways in which Node, a library or a playbook's own code shows what it knows. */

/** A word as no program prints it by chance; it is put together, so that no source has it whole. */
export const word = (name: string): string => `canary-${name}-Zq81x`;
/** What each of them is: a variable of the inventory, an environment variable, passwords. */
export const words = ['plain', 'inventory', 'environment', 'login', 'become'].map(word);

const put = (name: string): string => `'canary-' + '${name}-Zq81x'`;

/** How code of a playbook shows a secret while it is loaded, by name. */
const prints: Readonly<Record<string, string>> = {
  console:
    'console.log(plain, s, { s, plain }, new Map([[plain, s]])); console.table([{ plain, s }])',
  'console.dir': 'console.dir({ s, deep: { deep: { plain } } }, { depth: 9, showHidden: true })',
  'util.inspect': 'console.log(inspect(s, { showHidden: true, depth: 9, customInspect: false }))',
  'console.trace': 'console.trace(plain); console.assert(false, plain)',
  'JSON.stringify': 'attempt(() => console.log(JSON.stringify({ s })))',
  'a template': 'attempt(() => console.log(`${s}`))',
  structuredClone: 'attempt(() => console.log(structuredClone({ s }).s))',
  Buffer: 'console.log(Buffer.from("x" + plain), JSON.stringify(Buffer.from(plain)))',
  'process.stdout': 'process.stdout.write(Buffer.from(plain)); process.stderr.write(plain)',
  'process.emitWarning':
    'process.emitWarning(plain, { detail: plain, code: plain }); process.emitWarning(new Error(plain))',
  'process._rawDebug': 'process._rawDebug(plain)',
  'process.report': 'console.log(JSON.stringify(process.report.getReport(new Error(plain))))',
  'a worker':
    'await new Promise((done) => new Worker(`console.log(${JSON.stringify(plain)}); throw new Error(${JSON.stringify(plain)})`, { eval: true }).on("error", (error) => { console.error(error); done(); }))',
};

/** What functions of steps throw, by name. */
const throws: Readonly<Record<string, string>> = {
  'an error': 'throw new Error(plain)',
  'a cause in a cause':
    'throw new Error("x", { cause: new Error(plain, { cause: { deep: plain } }) })',
  'an AggregateError': 'throw new AggregateError([new Error(plain), { plain, s }], plain)',
  'an error with properties': 'throw Object.assign(new Error("x"), { request: { plain, s } })',
  'no error': 'throw { plain, s }',
  "zx's error": 'await $({ input: plain })`echo ${plain}; cat; cat nowhere-${plain}; exit 3`',
  "zx's error, shown":
    'try { await $`echo ${plain}; exit 3`; } catch (error) { console.log(error, inspect(error)); throw error; }',
};

export const ways: readonly string[] = [...Object.keys(prints), ...Object.keys(throws)];

/**
 * @returns site.ts; with HOW=print it shows, with HOW=throw or HOW=exhaust it ends that way while
 * its steps run, with HOW=signal it is told to write a report
 */
export const leakingSite = `
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { $ } from 'zx';
import { command, local, play, playbook, secret, secretText, z } from 'tsplay';
const how = process.env['HOW'];
const plain = ${put('plain')};
const s = secret(plain);
const attempt = (work) => { try { work(); } catch (error) { console.error(error); } };
if (how === 'print') {
${Object.values(prints)
  .map((code) => `  ${code};`)
  .join('\n')}
}
const deed = {
  throw: () => { throw new AggregateError([new Error(plain, { cause: { plain } })], 'the end of it: ' + plain); },
  exhaust: () => { const all = []; for (;;) all.push(new Array(100_000).fill(plain.length)); },
  signal: () => process.kill(process.pid, 'SIGUSR2'),
}[how];
const vars = z.strictObject({ inventory: secretText, environment: secretText });
export default playbook([play({ name: 'leaks', hosts: 'all', vars, *tasks({ vars }) {
  yield local('begins', { do: () => async () => void (deed && setTimeout(deed, 300)) });
  yield command('takes', { argv: ['sh', '-c', 'cat; sleep 1; cat /proc/self/nothing'], stdin: vars.inventory }, { ignoreErrors: true });
  yield command('gets', { argv: ['cat'], stdin: vars.environment }, { become: true });
${Object.entries(throws)
  .map(
    ([name, code]) =>
      `  yield local(${JSON.stringify(name)}, { do: () => async () => { ${code}; } }, { ignoreErrors: true });`,
  )
  .join('\n')}
} })]);
`;
