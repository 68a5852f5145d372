/** The run itself: conditions, values, pauses, hosts that join, and early ends. */
export { addHost } from './add-host.ts';
export { assert } from './assert.ts';
export { debug } from './debug.ts';
export { endBatch } from './end-batch.ts';
export { endHost } from './end-host.ts';
export { endPlay } from './end-play.ts';
export { fail } from './fail.ts';
export { groupBy } from './group-by.ts';
export { pause } from './pause.ts';
export { refreshFacts } from './refresh-facts.ts';
export { setFact } from './set-fact.ts';
