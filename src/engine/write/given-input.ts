import type { Issue } from '../ground/errors.ts';
import { notRecord } from './record-issues.ts';

/** What a caller gives for a record. */
export type GivenInput = Readonly<Record<string, unknown>>;

export function checkInput(input: unknown, issues: Issue[]): GivenInput | undefined {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as GivenInput;
  issues.push(notRecord());
  return undefined;
}

export function isGiven(input: unknown, name: string): boolean {
  if (typeof input !== 'object' || input === null) return false;
  return Object.hasOwn(input, name) && (input as GivenInput)[name] != null;
}
