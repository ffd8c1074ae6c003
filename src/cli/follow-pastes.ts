import type { Interface } from 'node:readline';

/**
 * Tells whether what readline takes in came in one piece with more after it, as pasted text does, so that a tab in it is
 * no key. Readline notes that in `isCompletionEnabled`, and while it is false puts text at the end of the line wherever
 * the cursor stands; so it is kept from seeing its own note.
 */
export function followPastes(readline: Interface): () => boolean {
  let isKey = true;
  Object.defineProperty(readline, 'isCompletionEnabled', {
    get: () => true,
    set: (value: boolean) => {
      isKey = value;
    },
  });
  return () => !isKey;
}
