import type { FieldDefinition } from '../definition/define-object.ts';
import { must } from '../ground/assert.ts';

/** A number of fewer digits is exact as a double. */
const EXACT_DIGITS = 16;

const DISPLAY_FORMAT = '{00000000}';

/** Before a name that stands for one a server has yet to give. */
const PROVISIONAL = '~';

/** A name for a record whose number another must give: marked, and told apart from all others by the id. */
export function provisionalName(id: string): string {
  return PROVISIONAL + id;
}

/** Whether a name stands for one that a server has yet to give. */
export function isProvisional(name: unknown): boolean {
  return typeof name === 'string' && name.startsWith(PROVISIONAL);
}

/** The form of an autonumber field's numbers. */
export function formatOf({ displayFormat = DISPLAY_FORMAT }: FieldDefinition): string {
  return displayFormat;
}

/**
 * The numbers of one autonumber field. They only rise: a number given to a write that failed later, or seen in an
 * import, is not given again.
 */
export class Autonumber {
  readonly #head: string;
  readonly #tail: string;
  readonly #digits: number;
  /** A bigint from where on a number no longer counts by one: an import may have named a record with any digits. */
  #last: number | bigint = 0;

  /** `format`: text around one `{000}`, whose zeros are the least number of digits. */
  constructor(format: string) {
    const parts = must(/^([^{}]*)\{(0+)\}([^{}]*)$/.exec(format), 'a display format was checked with its definition');
    this.#head = parts[1] as string;
    this.#digits = (parts[2] as string).length;
    this.#tail = parts[3] as string;
  }

  /** The highest number given or seen. */
  get last(): number | bigint {
    return this.#last;
  }

  /** Goes on after a number given before. */
  resume(last: string): void {
    const number = last.length < EXACT_DIGITS ? Number(last) : BigInt(last);
    if (number > this.#last) this.#last = number;
  }

  next(): string {
    const digits = String(this.#last < Number.MAX_SAFE_INTEGER ? ++this.#last : this.#count());
    return this.#head + (digits.length < this.#digits ? digits.padStart(this.#digits, '0') : digits) + this.#tail;
  }

  /** Makes sure that `name`, made elsewhere, is not made here: later numbers are above the one in it. */
  observe(name: string): void {
    const digits = this.#digitsOf(name);
    if (digits === undefined) return;
    const number = digits.length < EXACT_DIGITS ? Number(digits) : BigInt(digits);
    if (number > this.#last) this.#last = number;
  }

  #count(): bigint {
    const next = BigInt(this.#last) + 1n;
    this.#last = next;
    return next;
  }

  /** The number of a name of this format; of another format, the last run of digits in it. */
  #digitsOf(name: string): string | undefined {
    const middle = name.slice(this.#head.length, name.length - this.#tail.length);
    if (name.startsWith(this.#head) && name.endsWith(this.#tail) && /^\d+$/.test(middle)) return middle;
    if (isProvisional(name)) return undefined;
    const runs = name.match(/\d+/g);
    return runs?.[runs.length - 1];
  }
}
