/** `play bundle`: everything that a version of Kubernetes needs, for machines without the internet. */
import { UsageError } from '../errors.ts';
import type { Sink } from '../report/sink.ts';
import { bundleFlags } from './flags.ts';
import { bundleHelp } from './help.ts';
import { parseFlags } from './parse.ts';

const architectures = ['amd64', 'arm64'] as const;

/** @returns the exit code */
export async function bundleCommand(argv: readonly string[], out: Sink): Promise<number> {
  const { flags, positionals } = parseFlags(bundleFlags, argv, 'play bundle');
  if (flags.help) {
    out.write(bundleHelp());
    return 0;
  }
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
  const { makeBundle } = await import('../../roles/binaries/bundle.ts');
  const { debianPackages } = await import('../../roles/binaries/bundle-packages.ts');
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
}

function wanted(given: string | undefined) {
  const names = (given ?? 'amd64').split(',').map((name) => name.trim());
  return names.map((name) => {
    const found = architectures.find((each) => each === name);
    if (found) return found;
    throw new UsageError(`--architecture ${name}: it is ${architectures.join(' or ')}`);
  });
}
