/**
 * Files of the quick tests share one copy of the engine. Each begins without the secrets of those
 * before it: a short one would be hidden in its texts.
 */
import { knownPlainTexts } from '../engine/secrets/secret.ts';

Set.prototype.clear.call(knownPlainTexts());
