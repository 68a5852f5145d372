// Module hooks for playbooks. Every .ts file is an ES module, whatever the nearest package.json
// says: a folder that `npm init` made has no "type". And 'tsplay' is always the running copy, so
// that there is one, also where a playbook lies outside of any project that has it installed.

export async function resolve(specifier, context, next) {
  const own = specifier === 'tsplay' || specifier.startsWith('tsplay/');
  const found = await next(specifier, own ? { ...context, parentURL: import.meta.url } : context);
  return /\.ts(?:\?|$)/.test(found.url) ? { ...found, format: 'module' } : found;
}
