/** Errors of collecting, with the host and the place that they are of. */
import { thrownPlace } from '../../dsl/thrown-place.ts';
import { ManyErrors, PlaybookError, PlayError, type Place } from '../../errors.ts';

/** Gives the place to an error that has none: where in the user's code it was thrown. */
export function ofHost(error: unknown, host: string, fallback: Place): PlayError {
  if (error instanceof PlayError && (error.at || error instanceof ManyErrors)) return error;
  const at = (error instanceof Error ? thrownPlace(error) : undefined) ?? fallback;
  if (error instanceof PlayError) {
    return new PlaybookError(error.message, { at, hint: error.hint, cause: error });
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new PlaybookError(`collecting ${host}: ${message}`, { at, cause: error });
}
