/** Module `yaml`: one value of a YAML file. */
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
import { yamlFormat } from './edit.ts';

/** Sets or removes one value of a YAML file. */
export const yaml = defineModule({
  name: 'yaml',
  summary: 'Sets or removes one value of a YAML file; comments, blanks and order stay.',
  args: z.strictObject({
    ...dataFileArgs,
    document: z.int().min(0).default(0).describe('which document of the file, from 0'),
  }),
  example: `yaml('kubelet takes swap', {
  path: '/var/lib/kubelet/config.yaml',
  key: ['failSwapOn'],
  value: false,
})`,
  returns: fileReturns,
  mistakes: dataFileMistakes,
  ...ownedFile,
  reads: (want) => dataFileReads(want),
  plan: (want, is, on) => planDataFile(want, is, on, yamlFormat(want.document)),
});
