import { NULL_INT } from './column.ts';

/** Slots by group: those of the group at `i` end at `ends[i]`, where those of the next begin. */
export interface PartedSlots {
  readonly parted: Int32Array;
  readonly ends: Int32Array;
}

/** Parts slots by their codes, each part's in their given order, by counting. Null is the group at 0, code 0 that at 1. */
export function partSlots(codes: Int32Array, slots: Int32Array): PartedSlots {
  const count = slots.length;
  let top = 0;
  for (let i = 0; i < count; i++) {
    const code = codes[slots[i] as number] as number;
    if (code >= top) top = code + 1;
  }
  const ends = new Int32Array(top + 1);
  for (let i = 0; i < count; i++) {
    const code = codes[slots[i] as number] as number;
    const at = code === NULL_INT ? 0 : code + 1;
    ends[at] = (ends[at] as number) + 1;
  }
  // Where each group begins, which moves on to where it ends.
  for (let at = 0, from = 0; at <= top; at++) {
    const size = ends[at] as number;
    ends[at] = from;
    from += size;
  }
  const parted = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const slot = slots[i] as number;
    const code = codes[slot] as number;
    const at = code === NULL_INT ? 0 : code + 1;
    const place = ends[at] as number;
    ends[at] = place + 1;
    parted[place] = slot;
  }
  return { parted, ends };
}
