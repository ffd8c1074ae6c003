/** Ids of the form Salesforce gives: 15 characters and the 3 that make them safe where case is lost. */

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** All ids of the bench have this many characters, all of one byte. */
export const ID_LENGTH = 18;

function withSuffix(id) {
  let suffix = '';
  for (let start = 0; start < 15; start += 5) {
    let bits = 0;
    for (let place = 0; place < 5; place += 1) {
      const letter = id[start + place];
      if (letter >= 'A' && letter <= 'Z') bits |= 1 << place;
    }
    suffix += SUFFIX_LETTERS[bits];
  }
  return id + suffix;
}

function makeId(prefix, number) {
  let digits = '';
  for (let rest = number; digits.length < 10; rest = Math.floor(rest / 62)) digits = DIGITS[rest % 62] + digits;
  return withSuffix(`${prefix}5g${digits}`);
}

export const sessionId = (number) => makeId('0HK', number + 1);
export const agentId = (number) => makeId('005', number + 1);

/**
 * Ids kept as bytes, outside the heap and of the same size for every peer. Each string read from here is new, so a
 * look-up pays for hashing and comparing text as it does with an id that came over the wire.
 */
export class IdBook {
  #bytes;

  constructor(size) {
    this.#bytes = Buffer.alloc(size * ID_LENGTH);
  }

  set(index, id) {
    if (id.length !== ID_LENGTH) throw new Error(`An id of ${id.length} characters.`);
    this.#bytes.latin1Write(id, index * ID_LENGTH, ID_LENGTH);
  }

  get(index) {
    return this.#bytes.latin1Slice(index * ID_LENGTH, (index + 1) * ID_LENGTH);
  }
}
