import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../../../src/engine/storage/crc32c.ts';

/** Of RFC 3720, section B.4, and the usual check text. */
test.each<[string, Uint8Array, number]>([
  ['nothing', new Uint8Array(0), 0],
  ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
  ['32 bytes of zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 bytes going up', Uint8Array.from({ length: 32 }, (_, at) => at), 0x46dd794e],
  ['32 bytes going down', Uint8Array.from({ length: 32 }, (_, at) => 31 - at), 0x113fdb5c],
])('the checksum of %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test('a checksum goes on from that of the bytes before', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat({ max: 70 }), (bytes, cut) => {
      expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
    }),
  );
});
