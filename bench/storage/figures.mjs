/** From measurements to texts. */

export function medianOf(results, read) {
  const values = results.map(read).sort((left, right) => left - right);
  return values[values.length >> 1];
}

export function time(us) {
  if (us < 9_950) return `${us.toFixed(0)} us`;
  if (us < 995_000) return `${(us / 1_000).toFixed(1)} ms`;
  return `${(us / 1_000_000).toFixed(2)} s`;
}

export const milliseconds = (ms) => (ms < 9.95 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(0)} ms`);
export const megabytes = (bytes) => `${(bytes / 1_048_576).toFixed(0)} MB`;

const ratio = (value) => (value < 9.95 ? value.toFixed(1) : value.toFixed(0));

export const written = ({ handed, pages }) => `${ratio(handed)} / ${ratio(pages)}`;

/** Rows of texts in markdown; the first and the last column are words. */
export function table(head, rows) {
  const marks = head.map((_, at) => (at === 0 || at === head.length - 1 ? '---' : '---:'));
  return [head, marks, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
