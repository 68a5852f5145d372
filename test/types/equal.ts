/** `const check: Equal<A, B> = true` compiles only where both are the same type. */
export type Equal<A, B> = Invariant<A> extends Invariant<B> ? true : false;

/** Assignable in neither direction unless the types are the same. */
interface Invariant<T> {
  readonly takes: (of: T) => void;
  readonly gives: T;
}
