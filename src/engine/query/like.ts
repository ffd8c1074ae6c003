/**
 * LIKE patterns: `%` is any text, `_` any one character, a backslash takes the next character as it is. Compiled to
 * pieces between `%` signs that are looked for from left to right, each at its first fit: no backtracking, so time
 * grows with the length of the text and never explodes, whatever the pattern. A regular expression could.
 */

interface Piece {
  /** The characters to match; `undefined` fits any one. */
  readonly characters: readonly (string | undefined)[];
  /** The piece as text when it has no `_`. */
  readonly text: string | undefined;
}

function splitPattern(pattern: string): Piece[] {
  const pieces: (string | undefined)[][] = [[]];
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] as string;
    const last = pieces[pieces.length - 1] as (string | undefined)[];
    if (character === '%') pieces.push([]);
    else if (character === '_') last.push(undefined);
    else if (character === '\\' && i + 1 < pattern.length) last.push(pattern[++i] as string);
    else last.push(character);
  }
  return pieces.map((characters) => ({
    characters,
    text: characters.includes(undefined) ? undefined : characters.join(''),
  }));
}

function fitsAt(piece: Piece, text: string, at: number): boolean {
  if (at < 0 || at + piece.characters.length > text.length) return false;
  if (piece.text !== undefined) return text.startsWith(piece.text, at);
  for (let i = 0; i < piece.characters.length; i++) {
    const wanted = piece.characters[i];
    if (wanted !== undefined && wanted !== text[at + i]) return false;
  }
  return true;
}

function findFrom(piece: Piece, text: string, from: number): number {
  if (piece.text !== undefined) return text.indexOf(piece.text, from);
  for (let at = from; at + piece.characters.length <= text.length; at++) if (fitsAt(piece, text, at)) return at;
  return -1;
}

/** A test for texts, already folded where case does not matter; so must `pattern` be. */
export function createLikeTest(pattern: string): (text: string) => boolean {
  const pieces = splitPattern(pattern);
  const first = pieces[0] as Piece;
  const last = pieces[pieces.length - 1] as Piece;
  if (pieces.length === 1) return (text) => text.length === first.characters.length && fitsAt(first, text, 0);
  const middle = pieces.slice(1, -1).filter((piece) => piece.characters.length > 0);
  return (text) => {
    const end = text.length - last.characters.length;
    if (end < first.characters.length || !fitsAt(first, text, 0) || !fitsAt(last, text, end)) return false;
    let at = first.characters.length;
    for (const piece of middle) {
      const found = findFrom(piece, text, at);
      if (found < 0) return false;
      at = found + piece.characters.length;
    }
    return at <= end;
  };
}

/** The text every match begins with, '' when there is none: what lets an index narrow a LIKE down. */
export function likePrefix(pattern: string): string {
  const first = splitPattern(pattern)[0] as Piece;
  const end = first.characters.indexOf(undefined);
  return (end < 0 ? first.characters : first.characters.slice(0, end)).join('');
}
