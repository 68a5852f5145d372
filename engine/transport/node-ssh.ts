import type { ByteStream, Connection } from './transport.ts';
import { UnreachableError } from '../errors.ts';
export function openNodeSsh(connection: Connection, _signal?: AbortSignal): Promise<ByteStream> {
  throw new UnreachableError(`cannot reach ${connection.host}: node-ssh is not there yet`);
}
