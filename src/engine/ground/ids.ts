/**
 * The three forms of record id. Every id is checked and brought to one canonical text before it is compared or kept.
 *
 * Why ids made offline on many clients do not collide: a Salesforce-form id has 12 base-62 characters after its key
 * prefix. Each source draws 9 of them at random (62^9 = 1.35e16, 53.6 bits) from the environment's cryptographic
 * source and counts with the other 3, drawing anew every 238,328 ids. Two databases give the same id only if two draws
 * agree; over a million databases opened, each drawing once, that is likely to 1 in 27,000 for any pair at all, and
 * within one database `create` refuses an id that is held. Time was tried as part of the id and left out: a shift that
 * starts at nine puts thousands of openings into one second, which is when it must not help a collision. UUIDs and
 * SIDs carry 122 and 128 random bits.
 */

import type { Environment } from './environment.ts';

const BASE_62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECK_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const CODES = Uint8Array.from(BASE_62, (character) => character.charCodeAt(0));
const CHECK_CODES = Uint8Array.from(CHECK_CHARACTERS, (character) => character.charCodeAt(0));
const COUNTER_MAX = 62 ** 3;

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isBase62(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}

/** One check character tells which of five characters are capitals (Object Reference, "ID Field Type"). */
function checkCharacter(text: string, from: number): string {
  let bits = 0;
  for (let i = 0; i < 5; i++) {
    if (isCapital(text.charCodeAt(from + i))) bits |= 1 << i;
  }
  return CHECK_CHARACTERS[bits] as string;
}

/** The 18-character form of a 15- or 18-character Salesforce id; undefined when it is neither. */
export function normalizeSalesforceId(text: string): string | undefined {
  if (text.length !== 15 && text.length !== 18) return undefined;
  for (let i = 0; i < text.length; i++) if (!isBase62(text.charCodeAt(i))) return undefined;
  const check = checkCharacter(text, 0) + checkCharacter(text, 5) + checkCharacter(text, 10);
  if (text.length === 15) return text + check;
  return text.endsWith(check) ? text : undefined;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SID = /^[A-Za-z]{2}[0-9a-fA-F]{32}$/;
const TEXT_ID_MAX = 255;

/** How ids of one object look, are checked and are made. */
export interface IdFormat {
  readonly prefix: string;
  /** The canonical form, or undefined when `text` cannot be an id of any object of this kind. */
  normalize(text: string): string | undefined;
  /** Whether a canonical id belongs to this object. */
  owns(id: string): boolean;
  /** A new id. */
  next(): string;
}

class SalesforceIds implements IdFormat {
  readonly prefix: string;
  readonly #environment: Environment;
  /** The 15 characters of the next id as codes; the last three count. */
  readonly #codes = new Uint8Array(15);
  #firstCheck = 0;
  #secondCheck = 0;
  #count = COUNTER_MAX;

  constructor(prefix: string, environment: Environment) {
    this.prefix = prefix;
    this.#environment = environment;
    for (let i = 0; i < 3; i++) this.#codes[i] = prefix.charCodeAt(i);
  }

  normalize(text: string): string | undefined {
    return normalizeSalesforceId(text);
  }

  owns(id: string): boolean {
    return id.startsWith(this.prefix);
  }

  #draw(): void {
    // Bytes from 248 up would favour the first eight characters, so they are thrown away.
    let filled = 3;
    while (filled < 12) {
      for (const byte of this.#environment.random(new Uint8Array(16))) {
        if (byte < 248 && filled < 12) this.#codes[filled++] = CODES[byte % 62] as number;
      }
    }
    this.#count = 0;
    this.#firstCheck = this.#check(0);
    this.#secondCheck = this.#check(5);
  }

  #check(from: number): number {
    let bits = 0;
    for (let i = 0; i < 5; i++) if (isCapital(this.#codes[from + i] as number)) bits |= 1 << i;
    return CHECK_CODES[bits] as number;
  }

  next(): string {
    if (this.#count === COUNTER_MAX) this.#draw();
    const n = this.#count++;
    const c = this.#codes;
    c[12] = CODES[Math.floor(n / 3844)] as number;
    c[13] = CODES[Math.floor(n / 62) % 62] as number;
    c[14] = CODES[n % 62] as number;
    // One call with all characters makes one flat string; joining pieces would leave a rope of them in every record,
    // and spreading an array into the call costs 1.5 us.
    // biome-ignore format: one line a block of five
    return String.fromCharCode(
      c[0] as number, c[1] as number, c[2] as number, c[3] as number, c[4] as number,
      c[5] as number, c[6] as number, c[7] as number, c[8] as number, c[9] as number,
      c[10] as number, c[11] as number, c[12] as number, c[13] as number, c[14] as number,
      this.#firstCheck, this.#secondCheck, this.#check(10),
    );
  }
}

class UuidIds implements IdFormat {
  readonly prefix = '';
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  normalize(text: string): string | undefined {
    return UUID.test(text) ? text.toLowerCase() : undefined;
  }

  owns(): boolean {
    return true;
  }

  next(): string {
    const bytes = this.#environment.random(new Uint8Array(16));
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const hex = toHex(bytes);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }
}

class SidIds implements IdFormat {
  readonly prefix: string;
  readonly #environment: Environment;

  constructor(prefix: string, environment: Environment) {
    this.prefix = prefix;
    this.#environment = environment;
  }

  normalize(text: string): string | undefined {
    return SID.test(text) ? text : undefined;
  }

  owns(id: string): boolean {
    return this.prefix === '' || id.startsWith(this.prefix);
  }

  next(): string {
    return this.prefix + toHex(this.#environment.random(new Uint8Array(16)));
  }
}

class TextIds implements IdFormat {
  readonly prefix: string;
  readonly #uuids: UuidIds;

  constructor(prefix: string, environment: Environment) {
    this.prefix = prefix;
    this.#uuids = new UuidIds(environment);
  }

  normalize(text: string): string | undefined {
    return text.length > 0 && text.length <= TEXT_ID_MAX ? text : undefined;
  }

  owns(id: string): boolean {
    return id.startsWith(this.prefix);
  }

  next(): string {
    return this.prefix + this.#uuids.next();
  }
}

function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The id format of an object, by the kind its definition names. */
export function createIdFormat(
  kind: 'salesforce' | 'uuid' | 'sid' | 'text',
  prefix: string,
  environment: Environment,
): IdFormat {
  if (kind === 'salesforce') return new SalesforceIds(prefix, environment);
  if (kind === 'uuid') return new UuidIds(environment);
  return kind === 'sid' ? new SidIds(prefix, environment) : new TextIds(prefix, environment);
}
