/** What stands before the bytes of an encrypted block. */
export interface CipherHeader {
  /** The number of the data key that it is encrypted with. */
  readonly keyNumber: number;
  /** How many blocks had been encrypted with that key by then, this one among them. */
  readonly count: number;
}

const MAGIC = 0x584a5253;
const FORMAT = 1;
const COUNT_MAX = 0xffff_ffff;
export const HEADER_BYTES = 13;

/** The bytes of a header: who reads it, its format, the key's number, the count. */
export function writeHeader({ keyNumber, count }: CipherHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint8(4, FORMAT);
  view.setUint32(5, keyNumber, true);
  view.setUint32(9, Math.min(count, COUNT_MAX), true);
  return bytes;
}

/** Whether bytes say that they are encrypted. */
export function isCipher(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === MAGIC;
}

/** Undefined for bytes that do not begin with a header. */
export function readHeader(bytes: Uint8Array): CipherHeader | undefined {
  if (bytes.length < HEADER_BYTES || !isCipher(bytes)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  if (view.getUint8(4) !== FORMAT) return undefined;
  return { keyNumber: view.getUint32(5, true), count: view.getUint32(9, true) };
}
