/** Records in order of LoginTime, in blocks of at most 1,024, with counts: what a careful hand writes for ranges. */

const BLOCK_MAX = 1_024;
const BLOCK_AT_LOAD = 768;

/** The place of the first record in `records` that is not before `time`; with `after`, of the first one after it. */
export function placeOf(records, time, after) {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = records[middle].LoginTime;
    if (at < time || (after && at === time)) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class BlockedList {
  #blocks = [[]];
  /** How many records stand before each block; made again on the first count after a write. */
  #before = undefined;

  /** Takes records that are in order already, into a list that is empty. */
  fill(sorted) {
    this.#blocks = [];
    for (let start = 0; start < sorted.length; start += BLOCK_AT_LOAD) {
      this.#blocks.push(sorted.slice(start, start + BLOCK_AT_LOAD));
    }
    if (this.#blocks.length === 0) this.#blocks.push([]);
    this.#before = undefined;
  }

  insert(record) {
    const at = this.#blockOf(record.LoginTime, false);
    const block = this.#blocks[at];
    const place = placeOf(block, record.LoginTime, false);
    if (place === block.length) block.push(record);
    else block.splice(place, 0, record);
    if (block.length > BLOCK_MAX) this.#blocks.splice(at + 1, 0, block.splice(BLOCK_MAX >> 1));
    this.#before = undefined;
  }

  /** How many records have a LoginTime in [from, to]. */
  countBetween(from, to) {
    return this.#rank(to, true) - this.#rank(from, false);
  }

  #rank(time, after) {
    const at = this.#blockOf(time, after);
    this.#before ??= this.#countBefore();
    return this.#before[at] + placeOf(this.#blocks[at], time, after);
  }

  /** The last block that starts before `time`, or at it with `after`. */
  #blockOf(time, after) {
    const blocks = this.#blocks;
    let low = 1;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = blocks[middle][0].LoginTime;
      if (start < time || (after && start === time)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #countBefore() {
    const before = [];
    let count = 0;
    for (const block of this.#blocks) {
      before.push(count);
      count += block.length;
    }
    return before;
  }
}
