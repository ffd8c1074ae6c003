import { expect } from 'vitest';

/**
 * Expects that a database is as it was, by what `wholeState` told of it before and tells now. By their texts first, as
 * comparing the descriptions of forty objects part by part takes a second, and nearly always they are the same.
 */
export function expectSameState(after: unknown, before: unknown): void {
  if (JSON.stringify(after) !== JSON.stringify(before)) expect(after).toEqual(before);
}
