/** Where a path led when it was read. */
import type { LeadsTo } from '../../module/alteration.ts';

/** Before a change at the end of a link: the one path must still lead to the other. */
export const followed = (asked: string, path: string): readonly LeadsTo[] =>
  asked === path ? [] : [{ kind: 'leads to', path: asked, to: path }];
