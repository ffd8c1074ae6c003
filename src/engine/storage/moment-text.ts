const DAY_MS = 86_400_000;
/** `"2026-11-25T08:00:00.000Z",` */
const TEXT_BYTES = 27;
const DAY_BYTES = 11;
const [QUOTE, COMMA, DIGIT] = [34, 44, 48];
const NULL = [110, 117, 108, 108] as const;

/**
 * The stored form of many moments. They are written as one JSON text and parsed: `toISOString` takes 250 ns each, digits
 * written into bytes and read by the platform's own parser 80, and the texts that come out are flat.
 */
export function readMoments(moments: readonly (number | null)[]): readonly (string | null)[] {
  const bytes = new Uint8Array(moments.length * TEXT_BYTES + 2);
  const days = new Map<number, Uint8Array>();
  let at = 0;
  bytes[at++] = 91;
  for (const ms of moments) {
    if (at > 1) bytes[at++] = COMMA;
    if (ms === null) {
      for (const byte of NULL) bytes[at++] = byte;
      continue;
    }
    const day = Math.floor(ms / DAY_MS);
    let head = days.get(day);
    if (head === undefined) {
      head = dayText(day);
      days.set(day, head);
    }
    bytes[at++] = QUOTE;
    for (let i = 0; i < DAY_BYTES; i++) bytes[at + i] = head[i] as number;
    at = writeTime(bytes, at + DAY_BYTES, ms - day * DAY_MS);
    bytes[at++] = QUOTE;
  }
  bytes[at++] = 93;
  return JSON.parse(new TextDecoder().decode(bytes.subarray(0, at)));
}

/** `2026-11-25T`: years of more digits are no dateTimes of any object. */
function dayText(day: number): Uint8Array {
  const text = new Date(day * DAY_MS).toISOString();
  return Uint8Array.from({ length: DAY_BYTES }, (_, at) => text.charCodeAt(at));
}

/** `08:00:00.000Z` */
function writeTime(bytes: Uint8Array, from: number, ofDay: number): number {
  const ms = ofDay % 1_000;
  const seconds = (ofDay - ms) / 1_000;
  let at = writeTwo(bytes, from, (seconds / 3_600) | 0);
  bytes[at++] = 58;
  at = writeTwo(bytes, at, ((seconds / 60) | 0) % 60);
  bytes[at++] = 58;
  at = writeTwo(bytes, at, seconds % 60);
  bytes[at++] = 46;
  bytes[at++] = DIGIT + ((ms / 100) | 0);
  at = writeTwo(bytes, at, ms % 100);
  bytes[at++] = 90;
  return at;
}

function writeTwo(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = DIGIT + ((value / 10) | 0);
  bytes[at + 1] = DIGIT + (value % 10);
  return at + 2;
}
