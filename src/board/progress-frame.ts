import type { Paint } from './line.ts';
import { meter } from './meter.ts';
import { formatCount } from './words.ts';

const INDENT = '  ';
const BAR_MAX = 48;

/** What is shown while the board is opened. */
export function createProgressFrame(
  phase: string,
  done: number,
  total: number,
  columns: number,
  paint: Paint,
): string[] {
  const part = total === 0 ? 1 : done / total;
  const bar = meter(part, Math.max(10, Math.min(BAR_MAX, columns - 32)));
  return [
    '',
    INDENT + paint('Sojourn wallboard', 'strong'),
    INDENT + paint(`${formatCount(total)} sessions: ${phase}`, 'quiet'),
    '',
    `${INDENT}${paint(bar.done, 'strong')}${paint(bar.left, 'quiet')} ${formatCount(done).padStart(9)}`,
  ];
}
