import { RemoteFailure } from './remote.ts';

/** A checkpoint of one object, as its backend gave it: any JSON, of which only the backend knows the meaning. */
export type ObjectCheckpoint = unknown;

/** Where each object stands, kept as one text: the same state is always the same text. */
export class ObjectCheckpoints {
  readonly #byObject: Map<string, ObjectCheckpoint>;

  private constructor(byObject: Map<string, ObjectCheckpoint>) {
    this.#byObject = byObject;
  }

  /** Throws a failure that asks to begin anew for a text that was not made here. */
  static read(text: string | null): ObjectCheckpoints {
    if (text === null) return new ObjectCheckpoints(new Map());
    try {
      const entries: unknown = JSON.parse(text);
      if (Array.isArray(entries) && entries.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string'))
        return new ObjectCheckpoints(new Map(entries));
    } catch {
      // Answered below, with whatever else it may be.
    }
    throw new RemoteFailure('reset', 'SYNC_CHECKPOINT', 'the checkpoint is not of this remote: all is fetched anew', {
      reason: 'lost',
    });
  }

  /** null where nothing of the object has been pulled. */
  get(object: string): ObjectCheckpoint {
    return this.#byObject.get(object) ?? null;
  }

  set(object: string, checkpoint: ObjectCheckpoint): void {
    this.#byObject.set(object, checkpoint);
  }

  toText(): string {
    return JSON.stringify([...this.#byObject].sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}
