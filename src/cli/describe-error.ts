import { EngineError } from '../index.ts';
import { ShellError } from './shell-error.ts';
import { visibleLines } from './visible-text.ts';

/** An error as the shell shows it: the engine's with its code, its text as it stands. Undefined for a fault of ours. */
export function describeError(error: unknown): string | undefined {
  if (error instanceof ShellError) return visibleLines(error.message);
  if (!(error instanceof EngineError)) return undefined;
  // Errors of SOQL begin with a line break: the piece of the query and its caret stand below each other.
  return visibleLines(`${error.code}:${error.message.startsWith('\n') ? '' : ' '}${error.message}`);
}
