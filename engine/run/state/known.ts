/** An answer as a step sees it: in check it may be unknown, and then says because of what. */
import type { Answer } from '../../module/reader.ts';

export type Known = Answer<unknown> | { readonly answer: 'unknown'; readonly because: string };
