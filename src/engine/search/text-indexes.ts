import type { Reader } from '../query/reader.ts';
import type { Store } from '../store/store.ts';
import type { TextIndex } from './text-index.ts';

/** The text indexes of a database, each built when first asked for: most databases are never searched. */
export class TextIndexes {
  readonly #store: Store;
  readonly #opening = new Map<Reader, Promise<TextIndex>>();
  readonly #byObject = new Map<string, TextIndex>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The index of an object's words, all but a little up to date; `refresh` does the rest. Throws `DATABASE_CLOSED`. */
  async of(reader: Reader): Promise<TextIndex> {
    let opening = this.#opening.get(reader);
    if (opening === undefined) {
      opening = this.#build(reader);
      this.#opening.set(reader, opening);
    }
    try {
      const index = await opening;
      await index.catchUp(this.#store);
      this.#store.assertOpen();
      return index;
    } catch (error) {
      // One that could not be built is built anew when asked for again.
      if (this.#opening.get(reader) === opening && !this.#byObject.has(reader.entity.definition.name))
        this.#opening.delete(reader);
      throw error;
    }
  }

  async #build(reader: Reader): Promise<TextIndex> {
    // Loaded when wanted, with the library it stands on.
    const { TextIndex } = await import('./text-index.ts');
    this.#store.assertOpen();
    if (this.#byObject.size === 0) this.#follow();
    const index = new TextIndex(reader);
    this.#byObject.set(reader.entity.definition.name, index);
    await index.fill(this.#store);
    return index;
  }

  #follow(): void {
    this.#store.feed.follow(({ changes }) => {
      for (const { object, slot } of changes) this.#byObject.get(object)?.touch(slot);
    });
  }
}
