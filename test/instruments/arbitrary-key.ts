import fc from 'fast-check';

/** The key of a database that is encrypted, or none. By bytes, as a passphrase takes its time by design. */
export const arbitraryKey: fc.Arbitrary<Uint8Array | undefined> = fc.option(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  { nil: undefined },
);
