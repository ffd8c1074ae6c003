export interface Bounds {
  readonly lower: number;
  readonly upper: number;
  readonly standard: number;
}

/** Words of a command line that mean nothing here; the message is for whoever wrote them. */
export class Mistake extends Error {}

/** What `parse` makes of the flags, its complaints turned into mistakes. */
export function readFlagsWith<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // Only the first sentence: the rest is advice to those who write the flags, not to those who use them.
    const message = error instanceof Error ? error.message : String(error);
    throw new Mistake(message.split(/\.\s|\n/)[0] as string);
  }
}

/** The number that a flag was given. Throws a `Mistake` that names the bounds. */
export function readWholeNumber(name: string, text: string, { lower, upper }: Omit<Bounds, 'standard'>): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lower && value <= upper) return value;
  throw new Mistake(
    `--${name} takes a whole number from ${lower.toLocaleString('en')} to ${upper.toLocaleString('en')}`,
  );
}
