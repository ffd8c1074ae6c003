import type { WriteRule } from '../../engine/definition/definition.ts';

/**
 * Name of a person is a compound that nobody writes: first name, blank, last name (Object Reference, User and Contact).
 * It is made anew only when a part changes, since a Name that came from an org may hold a middle name or a suffix.
 */
export const compoundName: WriteRule = (draft, before) => {
  if (before !== undefined && draft.FirstName === before.FirstName && draft.LastName === before.LastName) return;
  const parts = [draft.FirstName, draft.LastName].filter((part) => typeof part === 'string' && part !== '');
  draft.Name = parts.length === 0 ? null : parts.join(' ');
};
