import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLikeTest, likePrefix } from '../../../src/engine/query/like.ts';
import { cpuTimeOf } from '../../instruments/cpu-time.ts';
import { lawOptions } from '../../instruments/law-options.ts';

/** LIKE as it is defined, by a table of which beginning fits which beginning. */
function fits(pattern: string, text: string): boolean {
  const tokens: { readonly kind: 'any' | 'one' | 'same'; readonly character?: string }[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    if (character === '\\' && i + 1 < pattern.length) tokens.push({ kind: 'same', character: pattern[++i] as string });
    else if (character === '%') tokens.push({ kind: 'any' });
    else if (character === '_') tokens.push({ kind: 'one' });
    else tokens.push({ kind: 'same', character });
  }
  let row = Array.from({ length: text.length + 1 }, (_, i) => i === 0);
  for (const { kind, character } of tokens) {
    const next = new Array<boolean>(text.length + 1).fill(false);
    for (let i = 0; i <= text.length; i++) {
      if (kind === 'any') next[i] = (row[i] as boolean) || (i > 0 && (next[i - 1] as boolean));
      else if (i > 0) next[i] = (row[i - 1] as boolean) && (kind === 'one' || text[i - 1] === character);
    }
    row = next;
  }
  return row[text.length] as boolean;
}

const letters = (more: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom('a', 'a', 'b', ...more), { maxLength }).map((characters) => characters.join(''));

describe('a pattern', () => {
  test('fits the texts it should and no others', () => {
    fc.assert(
      fc.property(
        letters(['%', '%', '_', '\\', '\u{1f600}'], 12),
        letters(['%', '_', '\\', '\u{1f600}'], 14),
        (pattern, text) => {
          expect(createLikeTest(pattern)(text)).toBe(fits(pattern, text));
        },
      ),
      lawOptions(4000),
    );
  });

  test('does so too where it and the text are long', () => {
    fc.assert(
      fc.property(letters(['%', '_', '_', '_'], 140), letters(['a', 'a'], 900), fc.nat(20), (pattern, text, times) => {
        const long = `%${pattern.repeat(1 + (times % 3))}%`;
        expect(createLikeTest(long)(text)).toBe(fits(long, text));
        const near = `%${text.slice(100, 400).replace(/b/g, '_')}%`;
        expect(createLikeTest(near)(text)).toBe(true);
        const off = `%${text.slice(100, 400).replace(/b/g, '_')}b_a`;
        expect(createLikeTest(off)(text)).toBe(fits(off, text));
      }),
      lawOptions(60),
    );
  });

  test.each([
    ['abc', 'abc', true],
    ['abc', 'abcd', false],
    ['', '', true],
    ['', 'a', false],
    ['%', '', true],
    ['%%', 'anything', true],
    ['_', '', false],
    ['_', 'a', true],
    ['a%a', 'a', false],
    ['a%a', 'aa', true],
    ['50\\%', '50%', true],
    ['50\\%', '500', false],
    ['a\\_b', 'a_b', true],
    ['a\\_b', 'axb', false],
    ['a\\\\', 'a\\', true],
    ['a\\', 'a\\', true],
    ['.*', 'abc', false],
    ['a.c', 'abc', false],
    ['%[a]%', 'x[a]y', true],
  ])('%j against %j: %s', (pattern, text, expected) => {
    expect(createLikeTest(pattern)(text)).toBe(expected);
  });

  test('begins with what every text that fits begins with', () => {
    fc.assert(
      fc.property(letters(['%', '_', '\\'], 10), letters(['%', '_', '\\'], 10), (pattern, text) => {
        const prefix = likePrefix(pattern);
        if (fits(pattern, text)) expect(text.startsWith(prefix)).toBe(true);
      }),
      lawOptions(2000),
    );
    expect(likePrefix('ab%c')).toBe('ab');
    expect(likePrefix('a\\%b_c')).toBe('a%b');
    expect(likePrefix('%a')).toBe('');
    expect(likePrefix('abc')).toBe('abc');
  });
});

describe('the time a pattern takes', () => {
  const text = 'a'.repeat(32_000);

  test.each([
    ['many percent signs', '%a'.repeat(2000), 100],
    ['percent signs that never fit', `${'%a'.repeat(1990)}%b%`, 100],
    ['underscores in one long piece', `%${'_'.repeat(3990)}b%`, 200],
    ['underscores and letters in one long piece', `%${'a_'.repeat(1990)}b%`, 200],
    ['many pieces of underscores', `${'%_a_'.repeat(990)}%_b%`, 200],
    ['letters alone', `%b${'a'.repeat(3990)}%`, 500],
  ])('made of %s is short', async (_, pattern, ms) => {
    const test = createLikeTest(pattern);
    test(text);
    // Generous: what takes 5 ms here may take 50 on a slow machine. Backtracking would take years.
    expect(await cpuTimeOf(() => test(text))).toBeLessThan(ms);
  });
});
