/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(this: void, value: T): void;
  reject(this: void, error: unknown): void;
}

/** Its rejection never counts as unhandled: who awaits the first of several leaves the others. */
export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  void promise.then(
    () => undefined,
    () => undefined,
  );
  return { promise, resolve, reject };
}
