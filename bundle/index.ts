/** `play bundle`: everything that a version of Kubernetes needs, for machines without the internet. */
import { defineCommand, UsageError } from 'tsplay';

const architectures = ['amd64', 'arm64'] as const;

export const bundle = defineCommand({
  name: 'bundle',
  usage: '--kubernetes <version> -o <folder>',
  help: 'download everything for a version of Kubernetes, for use without internet',
  flags: [
    {
      name: 'kubernetes',
      type: 'string',
      value: 'version',
      help: 'the version to fetch, as 1.20.2',
    },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      value: 'folder',
      help: 'folder to write, with kubernetes.lock.json; an existing bundle is completed',
    },
    {
      name: 'architecture',
      type: 'string',
      value: 'names',
      help: 'amd64, arm64 or both, separated by a comma (default amd64)',
    },
    { name: 'site', type: 'string', value: 'url', help: 'a mirror of https://dl.k8s.io' },
    {
      name: 'images',
      type: 'string',
      value: 'folder',
      help: 'archives of images to include, one image each: docker save -o pause.tar …',
    },
    {
      name: 'debian',
      type: 'boolean',
      help: 'include the packages that the roles install, for the Debian release of this machine',
    },
    {
      name: 'package',
      type: 'string',
      multiple: true,
      value: 'name',
      help: 'with --debian: further packages; may be given several times',
    },
  ],
  run: async ({ flags, positionals }, { out }) => {
    if (positionals.length > 0) throw new UsageError('play bundle takes flags only');
    const { kubernetes, output, site } = flags;
    if (kubernetes === undefined || output === undefined) {
      throw new UsageError('play bundle needs a version and a folder', {
        hint: 'play bundle --kubernetes 1.20.2 -o bundle',
      });
    }
    if (flags.package.length > 0 && !flags.debian) {
      throw new UsageError('--package needs --debian', {
        hint: 'play bundle --debian --package jq …',
      });
    }
    const { makeBundle } = await import('./make.ts');
    const { debianPackages } = await import('./packages.ts');
    await makeBundle({
      version: kubernetes,
      folder: output,
      architectures: wanted(flags.architecture),
      site,
      images: flags.images,
      packages: flags.debian ? [...debianPackages, ...flags.package] : undefined,
      report: (line) => out.write(`${line}\n`),
    });
    return 0;
  },
});

function wanted(given: string | undefined) {
  const names = (given ?? 'amd64').split(',').map((name) => name.trim());
  return names.map((name) => {
    const found = architectures.find((each) => each === name);
    if (found) return found;
    throw new UsageError(`--architecture ${name}: it is ${architectures.join(' or ')}`);
  });
}
