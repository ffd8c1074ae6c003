/** Allowed raw in JSON, and yet obeyed by terminals: C1 controls, marks of direction and line separators. */
const RAW = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escapeRaw(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A value as JSON that is safe to show: such characters only ever stand within its texts, where they can be escaped. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(RAW, escapeRaw);
}

/** Rows as one array, nested as they are. */
export function* formatJson(rows: Iterable<unknown>): Generator<string> {
  let separator = '[\n';
  for (const row of rows) {
    yield separator + jsonText(row, 2).replace(/^/gm, '  ');
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
