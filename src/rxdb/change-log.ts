import type { DocumentEntry } from './document-entry.ts';
import type { DocumentChange } from './document-layout.ts';

/** Shorter lists are not worth cutting. */
const CUT_MIN = 1_024;

/**
 * The versions of documents in the order of their changes. One that was followed by another stays until half of the list is such:
 * to take each out at once would be a search and a move for every write.
 */
export class ChangeLog {
  readonly #isCurrent: (entry: DocumentEntry) => boolean;
  #entries: DocumentEntry[];
  /** How many stood in it when it was last cut, all of them the last of their documents. */
  #current: number;

  /** `isCurrent`: whether a version has not been followed by another. */
  constructor(entries: Iterable<DocumentEntry>, isCurrent: (entry: DocumentEntry) => boolean) {
    this.#isCurrent = isCurrent;
    this.#entries = [...entries].sort(bySequence);
    this.#current = this.#entries.length;
  }

  /** Adds what one commit made. */
  addAll(changes: readonly DocumentChange[]): void {
    const added = changes.flatMap(({ before, after }) =>
      after === undefined || after.record === before?.record ? [] : [after],
    );
    const [first] = added.length > 1 ? added.sort(bySequence) : added;
    if (first === undefined) return;
    // The state of another tab may be taken over, whose commits came instead of some of those here.
    const isLater = first.sequence > (this.#entries[this.#entries.length - 1]?.sequence ?? 0);
    for (const entry of added) this.#entries.push(entry);
    if (isLater && (this.#entries.length <= CUT_MIN || this.#entries.length <= this.#current * 2)) return;
    this.#entries = this.#entries.filter(this.#isCurrent);
    if (!isLater) this.#entries.sort(bySequence);
    this.#current = this.#entries.length;
  }

  /** The first versions after a place. */
  after(sequence: number, limit: number): readonly DocumentEntry[] {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle] as DocumentEntry).sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    const found: DocumentEntry[] = [];
    for (let at = low; at < this.#entries.length && found.length < limit; at++) {
      const entry = this.#entries[at] as DocumentEntry;
      if (this.#isCurrent(entry)) found.push(entry);
    }
    return found;
  }
}

function bySequence(left: DocumentEntry, right: DocumentEntry): number {
  return left.sequence - right.sequence;
}
