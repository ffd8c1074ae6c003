import { must } from '../ground/assert.ts';
import type { StoredRecord } from '../record/record.ts';
import type { RowSource } from './row-source.ts';

/**
 * The records of a table at one moment, in the order of their slots. Records never change, so naming them is all it takes;
 * those that nobody has read are made as they are asked for and not kept.
 */
export class CapturedRows {
  readonly #rows: readonly (StoredRecord | undefined)[];
  readonly #slots: Int32Array;
  readonly #source: RowSource | undefined;

  /** `rows`: by slot, not to be changed after; `slots`: those that hold a record. */
  constructor(rows: readonly (StoredRecord | undefined)[], slots: Int32Array, source: RowSource | undefined) {
    this.#rows = rows;
    this.#slots = slots;
    this.#source = source;
  }

  get length(): number {
    return this.#slots.length;
  }

  /** The records from one place up to another. */
  slice(from: number, to: number): readonly StoredRecord[] {
    return Array.from(this.#slots.subarray(from, to), (slot) =>
      must(this.#rows[slot] ?? this.#source?.make(slot), 'a captured slot holds a record'),
    );
  }
}

/** The slots whose state is another. */
export function slotsUnlike(states: Uint8Array, state: number): Int32Array {
  const slots = new Int32Array(states.length);
  let count = 0;
  for (let slot = 0; slot < states.length; slot++) if (states[slot] !== state) slots[count++] = slot;
  return slots.subarray(0, count);
}
