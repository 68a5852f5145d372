/** What was made of a file of the controller, for as long as that file stays what it was. */
import { stat } from 'node:fs/promises';

/** A file's clock may stand still for so many milliseconds: within them it can change unseen. */
const clockStep = 100;

interface Entry<T> {
  readonly signature: string;
  /** As of which change of the controller's files. */
  readonly files: number;
  /** It was written so shortly before that its time does not tell. */
  readonly young: boolean;
  readonly value: Promise<T>;
}

export class KeptFiles<T> {
  readonly #entries = new Map<string, Entry<T>>();

  /**
   * What `make` makes of the file, made anew when the file is another. A failure is not kept.
   * @param files counts what may have written on the controller
   */
  async get(path: string, files: number, make: () => Promise<T>): Promise<T> {
    const found = await signatureOf(path);
    if (!found) return make();
    const { signature, young } = found;
    const kept = this.#entries.get(path);
    if (kept?.signature === signature && (!kept.young || kept.files === files)) return kept.value;
    const value = make();
    const entry = { signature, files, young, value };
    this.#entries.set(path, entry);
    value.catch(() => {
      if (this.#entries.get(path) === entry) this.#entries.delete(path);
    });
    return value;
  }
}

/** Undefined where nothing is there. */
export async function signatureOf(
  path: string,
): Promise<{ readonly signature: string; readonly young: boolean } | undefined> {
  const is = await stat(path, { bigint: true }).catch(() => undefined);
  if (!is) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = is;
  const last = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
  return {
    signature: [dev, ino, size, mtimeNs, ctimeNs].join(':'),
    young: Date.now() - last < clockStep,
  };
}
