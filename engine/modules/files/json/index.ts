/** Module `json`: one value of a JSON file. */
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
import { jsonFormat } from './edit.ts';

/** Sets or removes one value of a JSON file. */
export const json = defineModule({
  name: 'json',
  summary: 'Sets or removes one value of a JSON file; every other byte stays, comments too.',
  args: z.strictObject(dataFileArgs),
  example: `json('docker logs rotate', {
  path: '/etc/docker/daemon.json',
  key: ['log-opts', 'max-size'],
  value: '10m',
  create: true,
})`,
  returns: fileReturns,
  mistakes: dataFileMistakes,
  ...ownedFile,
  reads: (want) => dataFileReads(want),
  plan: (want, is, on) => planDataFile(want, is, on, jsonFormat),
});
