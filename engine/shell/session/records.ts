/** Records of ended steps, as `tsplay_records` prints them. */
import { PlayError } from '../../errors.ts';
import type { Reply } from './session.ts';

/** @throws PlayError when it is cut short */
export function parseRecords(output: Buffer): ReadonlyMap<string, Reply> {
  const records = new Map<string, Reply>();
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const line = output.toString('utf8', at, end < 0 ? output.length : end);
    const [id = '', code, outSize, errSize, flag] = line.split(' ');
    const sizes = [Number(outSize), Number(errSize)] as const;
    const stop = end + 1 + sizes[0] + sizes[1];
    if (end < 0 || !Number.isInteger(stop) || stop > output.length)
      throw new PlayError('the records of ended steps are cut short');
    records.set(id, {
      code: Number(code),
      stdout: Buffer.from(output.subarray(end + 1, end + 1 + sizes[0])),
      stderr: Buffer.from(output.subarray(end + 1 + sizes[0], stop)),
      timedOut: flag === 'late',
      truncated: false,
    });
    at = stop;
  }
  return records;
}
