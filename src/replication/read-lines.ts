import { TextParts } from './read-body.ts';

/**
 * The lines of a text whose bytes come cut anywhere; as many at once as a part completes, blank ones left out. What follows the last
 * line feed is a line too.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[], void> {
  const parts = new TextParts();
  // A line of many parts is joined once, at its end: joining at each part costs the square of its length.
  let open: string[] = [];
  for await (const chunk of chunks) {
    const text = parts.next(chunk);
    const lines: string[] = [];
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      let line = text.slice(from, to);
      if (open.length > 0) {
        line = open.join('') + line;
        open = [];
      }
      if (!isBlank(line)) lines.push(line);
      from = to + 1;
    }
    if (from < text.length) open.push(text.slice(from));
    if (lines.length > 0) yield lines;
  }
  open.push(parts.next());
  const last = open.join('');
  if (!isBlank(last)) yield [last];
}

function isBlank(line: string): boolean {
  return line === '' || line === '\r';
}
