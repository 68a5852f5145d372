// Module hooks for playbooks. Every .ts file is an ES module, whatever the nearest package.json
// says: a folder that `npm init` made has no "type", and the loader would take it for CommonJS.
// And 'tsplay' is always the running copy, so that there is one, also where a playbook lies
// outside of any project that has it installed.
import { existsSync } from 'node:fs';

/** URLs of the compiled engine by what stands behind `tsplay`, where it is compiled. */
let compiled = {};

export function initialize(data) {
  compiled = data ?? {};
}

export async function resolve(specifier, context, next) {
  const { parentURL = '' } = context;
  if (/^(?:file:|\.{0,2}\/)/.test(specifier)) {
    const source = sourceOf(specifier, parentURL);
    if (source) return { url: source, format: 'module', shortCircuit: true };
  }
  const running = compiled[specifier];
  if (running) return { url: running, format: 'module', shortCircuit: true };
  const own = specifier === 'tsplay' || specifier.startsWith('tsplay/');
  return next(specifier, own ? { ...context, parentURL: import.meta.url } : context);
}

/** The .ts file that is meant by `./x.ts`, and in a person's own code by `./x` or `./x.js`. */
function sourceOf(specifier, parentURL) {
  const guesses = parentURL.includes('/node_modules/')
    ? []
    : [`${specifier}.ts`, specifier.replace(/\.js$/, '.ts')];
  for (const name of [specifier, ...guesses]) {
    if (!name.endsWith('.ts')) continue;
    const url = new URL(name, parentURL);
    if (existsSync(url)) return url.href;
  }
  return undefined;
}
