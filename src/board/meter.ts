const BARS = '▁▂▃▄▅▆▇█';

/**
 * A bar of `width` characters, in two parts: how far it has come, to half a character, and what is left. The place of
 * the target, if there is one, is marked in both.
 */
export function meter(part: number, width: number, target?: number): { readonly done: string; readonly left: string } {
  const mark = target === undefined ? -1 : Math.min(width - 1, Math.round(target * width));
  const halves = Math.round(Math.min(Math.max(part, 0), 1) * width * 2);
  let done = '';
  let left = '';
  for (let i = 0; i < width; i++) {
    const filled = halves - i * 2;
    if (filled >= 2) done += i === mark ? '┿' : '━';
    else if (filled === 1) done += i === mark ? '┽' : '╸';
    else left += i === mark ? '┼' : '─';
  }
  return { done, left };
}

/** The last `width` of `values` as a row of bars, the highest reaching the top; blank where nothing is known yet. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width);
  const top = Math.max(1, ...shown);
  const bars = shown.map((value) => BARS[Math.min(BARS.length - 1, Math.floor((value / top) * BARS.length))]);
  return bars.join('').padStart(width);
}
