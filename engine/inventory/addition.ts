/** What a run adds to the inventory for its later plays. */

export interface Addition {
  /** A host of the files, or one more. */
  readonly host: string;
  /** Groups that it is in; made where they are missing. */
  readonly groups: readonly string[];
  /** Groups that hold those groups. */
  readonly parents: readonly string[];
  /** Only for hosts that no file names. */
  readonly vars: Readonly<Record<string, unknown>>;
}
