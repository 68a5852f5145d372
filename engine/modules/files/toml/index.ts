/** Module `toml`: one value of a TOML file. */
import { z } from 'zod';
import { defineModule } from '../../../dsl/define-module.ts';
import { ownedFile } from '../../shared/account-references.ts';
import {
  dataFileArgs,
  dataFileMistakes,
  dataFileReads,
  planDataFile,
} from '../../shared/data/file.ts';
import { fileReturns } from '../../shared/file-result.ts';
import { tomlFormat } from './edit.ts';

/** Sets or removes one value of a TOML file. */
export const toml = defineModule({
  name: 'toml',
  summary: 'Sets or removes one value of a TOML file; every other line stays.',
  args: z.strictObject(dataFileArgs),
  example: `toml('the pause image', {
  path: '/etc/containerd/config.toml',
  key: ['plugins', 'io.containerd.grpc.v1.cri', 'sandbox_image'],
  value: 'registry.example.org/pause:3.6',
})`,
  returns: fileReturns,
  mistakes: dataFileMistakes,
  ...ownedFile,
  reads: (want) => dataFileReads(want),
  plan: (want, is, on) => planDataFile(want, is, on, tomlFormat),
});
