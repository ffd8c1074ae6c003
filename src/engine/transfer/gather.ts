/** A piece is this long, or longer by one text at most. */
const PIECE_LENGTH = 65_536;

/** Joins small texts into pieces of about 64 Ki characters, so that a stream is written to less often. */
export function* gather(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}
