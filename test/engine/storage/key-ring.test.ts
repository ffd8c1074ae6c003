import { webcrypto } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemEnvironment } from '../../../src/engine/ground/environment.ts';
import { ByteReader, ByteWriter } from '../../../src/engine/storage/bytes.ts';
import { ciphersOf } from '../../../src/engine/storage/ciphers.ts';
import { openBlock, sealBlock } from '../../../src/engine/storage/envelope.ts';
import { KeyRing } from '../../../src/engine/storage/key-ring.ts';
import { codeOf } from '../../instruments/any-database.ts';

const ciphers = ciphersOf(systemEnvironment());
const KEY = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);
const open = (bytes: Uint8Array, key: string | Uint8Array) => KeyRing.open(ciphers, bytes, key);

/** A ring with another head and the seal made anew, as one who means it would do. */
function forge(ring: Uint8Array, change: (head: Record<string, unknown>) => object): Uint8Array {
  const reader = new ByteReader(openBlock('ring', ring, 0).payload);
  const writer = new ByteWriter();
  writer.json(change(reader.json() as Record<string, unknown>));
  for (let piece = 0; piece < 3; piece++) writer.piece(reader.piece());
  const payload = writer.finish();
  return sealBlock({ kind: 'keys', number: 0, sequence: 0, count: 1, previous: 0, payload }).bytes;
}

/** What a key encrypts another decrypts, if they are the same. */
async function areSame(left: KeyRing, right: KeyRing): Promise<boolean> {
  const iv = new Uint8Array(12);
  const { subtle } = ciphers;
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv }, left.current.key, Uint8Array.of(1, 2, 3));
  return subtle.decrypt({ name: 'AES-GCM', iv }, right.current.key, new Uint8Array(sealed)).then(
    () => true,
    () => false,
  );
}

describe('a ring of keys', () => {
  test('opens with the key it was made with, and with no other', async () => {
    const ring = await KeyRing.create(ciphers, KEY);
    expect(await areSame(ring, await open(ring.bytes, KEY))).toBe(true);
    expect(await codeOf(() => open(ring.bytes, OTHER))).toBe('WRONG_KEY');
    expect(await codeOf(() => open(ring.bytes, 'a passphrase'))).toBe('WRONG_KEY');
    expect(await areSame(ring, await KeyRing.create(ciphers, KEY))).toBe(false);
  });

  test('of a passphrase opens with it however its letters are composed, derived in 600,000 rounds with a salt of its own', async () => {
    const ring = await KeyRing.create(ciphers, 'ein schl\u00fcssel');
    expect(await areSame(ring, await open(ring.bytes, 'ein schlu\u0308ssel'))).toBe(true);
    expect(await codeOf(() => open(ring.bytes, 'ein Schl\u00fcssel'))).toBe('WRONG_KEY');
    expect(await codeOf(() => open(ring.bytes, KEY))).toBe('WRONG_KEY');
    const heads: object[] = [];
    forge(ring.bytes, (head) => {
      heads.push(head);
      return head;
    });
    expect(heads).toEqual([{ format: 1, iterations: 600_000, isPlainAllowed: false, numbers: [1] }]);
  });

  test.each([1, 1_000, 599_999, 10_000_001, 1e12, -1, 0.5, 'x'])(
    'that asks for %s rounds is refused',
    async (rounds) => {
      const ring = await KeyRing.create(ciphers, KEY);
      const forged = forge(ring.bytes, (head) => ({ ...head, iterations: rounds }));
      expect(await codeOf(() => open(forged, 'a passphrase'))).toBe('STORAGE_CORRUPT');
    },
  );

  test('that was changed in what it says does not open', async () => {
    const ring = await KeyRing.create(ciphers, KEY);
    const allowing = forge(ring.bytes, (head) => ({ ...head, isPlainAllowed: true }));
    expect(await codeOf(() => open(allowing, KEY))).toBe('WRONG_KEY');
    expect(
      await codeOf(() =>
        open(
          forge(ring.bytes, (head) => ({ ...head, numbers: [2] })),
          KEY,
        ),
      ),
    ).toBe('WRONG_KEY');
    expect(
      await codeOf(() =>
        open(
          forge(ring.bytes, (head) => ({ ...head, numbers: [] })),
          KEY,
        ),
      ),
    ).toBe('STORAGE_CORRUPT');
    expect(
      await codeOf(() =>
        open(
          forge(ring.bytes, (head) => ({ ...head, numbers: [1, 2] })),
          KEY,
        ),
      ),
    ).toBe('STORAGE_CORRUPT');
    expect(
      await codeOf(() =>
        open(
          forge(ring.bytes, () => ['what']),
          KEY,
        ),
      ),
    ).toBe('STORAGE_CORRUPT');
    expect(
      await codeOf(() =>
        open(
          forge(ring.bytes, (head) => ({ ...head, format: 2 })),
          KEY,
        ),
      ),
    ).toBe('STORAGE_NEWER');
  });

  test('with any bit flipped, or cut anywhere, is told to be damaged, not the key to be wrong', async () => {
    const { bytes } = await KeyRing.create(ciphers, KEY);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      for (const broken of [damaged, bytes.slice(0, at)])
        expect(await codeOf(() => open(broken, KEY)), `byte ${at}`).toBe('STORAGE_CORRUPT');
    }
  });

  test('that is changed keeps its keys, adds one, or leaves the last, under another master key too', async () => {
    const ring = await KeyRing.create(ciphers, KEY);
    const both = await ring.change({ master: await ring.createMaster(OTHER), keys: 'add' });
    expect(await codeOf(() => open(both.bytes, KEY))).toBe('WRONG_KEY');
    const opened = await open(both.bytes, OTHER);
    expect(opened.keys.map(({ number }) => number)).toEqual([1, 2]);
    const last = await opened.change({ isPlainAllowed: false, keys: 'current' });
    expect(last.keys.map(({ number }) => number)).toEqual([2]);
    expect(await areSame(both, await open(last.bytes, OTHER))).toBe(true);
    expect(await areSame(ring, last)).toBe(false);
    expect(await areSame(last, await last.change({ keys: 'new' }))).toBe(false);
  });

  test('gives none of its keys away', async () => {
    const ring = await KeyRing.create(ciphers, KEY);
    const key = ring.current.key as webcrypto.CryptoKey;
    expect(key.extractable).toBe(false);
    await expect(webcrypto.subtle.exportKey('raw', key)).rejects.toThrow();
  });
});
