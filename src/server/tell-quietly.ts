/** Calls a listener whose own errors, thrown at once or by a promise, must spoil nothing. */
export function tellQuietly(tell: () => unknown): void {
  try {
    Promise.resolve(tell()).catch(() => undefined);
  } catch {
    // There is nobody left to tell.
  }
}
