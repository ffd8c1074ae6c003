import { ShellError } from '../shell-error.ts';

const WORD = /"([^"]*)"|'([^']*)'|(\S+)/g;

/** The arguments of a command: words, or what stands in quotes. A `;` at the end of the line is habit, and no argument. */
export function readArguments(text: string): string[] {
  const words = [...withoutEnd(text).matchAll(WORD)];
  return words.map(([, double, single, plain]) => double ?? single ?? plain ?? '');
}

/** A query given to a command. */
export function withoutEnd(text: string): string {
  return text.trim().replace(/\s*;$/, '');
}

/** The first word, and the rest as it stands. */
export function splitFirst(text: string): [first: string, rest: string] {
  const [, first = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(withoutEnd(text)) ?? [];
  return [first, rest];
}

/** Throws a `ShellError` with the usage unless there are so many arguments. */
export function expectCount(given: readonly string[], least: number, most: number, usage: string): void {
  if (given.length < least || given.length > most) throw new ShellError(`usage: ${usage}`);
}

/** A whole number from `least` to `most`. */
export function readCount(text: string, what: string, { least = 0, most = 1_000_000_000 } = {}): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new ShellError(`${what} is a whole number from ${least} to ${most.toLocaleString('en')}`);
}
