/** Waiting for a host: only time in which this process could have heard it counts. */

/**
 * Calls `then` after so many seconds, unless the function that it returns was called before. A
 * process that was busy or asleep has not listened: of a longer gap one second counts.
 */
export function afterSeconds(seconds: number, then: () => void): () => void {
  let left = seconds;
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    then();
  }, 1000);
  return () => clearInterval(timer);
}
