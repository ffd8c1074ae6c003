/**
 * Everything that a terminal would obey rather than show, or that would show other text than is there: C0 and C1
 * controls, marks of direction, line separators, and halves of surrogate pairs.
 */
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Unicode has a picture for each C0 control, as wide as the character would have been. */
function show(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A text from outside as it may be written to a terminal: it shows what is there and can do nothing. */
export function visibleText(text: string): string {
  return text.replace(UNSAFE, show);
}

/** The same for a text of several lines, whose line breaks and tabs are its own. */
export function visibleLines(text: string): string {
  return text.replace(UNSAFE, (character) => (character === '\n' || character === '\t' ? character : show(character)));
}
