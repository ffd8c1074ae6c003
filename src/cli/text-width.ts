import stringWidth from 'string-width';

const PLAIN = /^[\x20-\x7e]*$/;
/** A family of emoji is one character of 11 units. */
const UNITS_MAX = 16;
const characters = new Intl.Segmenter();

/** How many columns of a terminal a text takes. */
export function textWidth(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** What of `text` fits into `width` columns, the last of them an ellipsis. */
function cut(text: string, width: number): string {
  if (width < 1) return '';
  if (PLAIN.test(text)) return `${text.slice(0, width - 1)}…`;
  let used = 0;
  let kept = '';
  for (const { segment } of characters.segment(text)) {
    used += textWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** `text`, cut where it is wider than `width`. */
export function cutText(text: string, width: number): string {
  // No character that is shown takes so many units, and a text of megabytes need not be measured to its end.
  const enough = width * UNITS_MAX;
  if (text.length > enough) return cut(text.slice(0, enough), width);
  return textWidth(text) > width ? cut(text, width) : text;
}

/** `text`, cut or filled up to just `width` columns. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = cutText(text, width);
  const blank = ' '.repeat(Math.max(0, width - textWidth(shown)));
  return align === 'left' ? shown + blank : blank + shown;
}
