/** The text that FORMAT gives: numbers and moments as people write them. */
export function formatValue(value: unknown, type: string, timeZone: string): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return new Intl.NumberFormat('en-US').format(value);
  if (type !== 'dateTime' && type !== 'date') return String(value);
  const style =
    type === 'date'
      ? ({ dateStyle: 'short', timeZone: 'UTC' } as const)
      : ({ dateStyle: 'short', timeStyle: 'short', timeZone } as const);
  return new Intl.DateTimeFormat('en-US', style).format(Date.parse(value as string));
}
