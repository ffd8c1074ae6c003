/** A piece of a query as far as completion cares. */
export interface Token {
  readonly kind: 'word' | 'text' | 'value' | 'symbol' | 'group';
  /** As written; of a group, nothing. */
  readonly text: string;
  /** Words in capitals, symbols as they are, otherwise empty. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** Of a text: whether its end has been typed. */
  readonly isClosed: boolean;
}

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?<word>[A-Za-z_]\w*)|(?<value>\d[\w:.+-]*)|(?<text>'(?:\\[\s\S]|[^'\\])*(?<quote>'|\\?$)|\{(?:\\[\s\S]|[^}\\])*(?<brace>\}|\\?$))|(?<symbol><=|>=|<>|!=|[\s\S])/gy;

/** The tokens of a query that may be unfinished, or wrong: nothing is ever refused. */
export function scanTokens(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const { word, value, text, quote, brace, symbol } = match.groups ?? {};
    const start = match.index;
    const end = start + match[0].length;
    const rest = { text: match[0], start, end, isClosed: true };
    if (word !== undefined) tokens.push({ kind: 'word', word: word.toUpperCase(), ...rest });
    else if (value !== undefined) tokens.push({ kind: 'value', word: '', ...rest });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', word: symbol, ...rest });
    else if (text !== undefined)
      tokens.push({ kind: 'text', word: '', ...rest, isClosed: quote === "'" || brace === '}' });
  }
  return tokens;
}

/** Whether a place in a query lies within a comment. */
export function isInComment(text: string, at: number): boolean {
  for (const match of text.matchAll(TOKEN)) {
    if (match.index >= at) return false;
    const [piece] = match;
    if (!piece.startsWith('//') && !piece.startsWith('/*')) continue;
    const end = match.index + piece.length;
    if (at < end || (at === end && !(piece.length > 3 && piece.endsWith('*/')))) return true;
  }
  return false;
}
