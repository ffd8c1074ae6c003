/**
 * Several streams as one. It ends with the first that ends, and fails with the first that fails, because what the others tell is
 * not all any more; the signal that each was opened with is raised then, and when this one is left.
 */
export async function* mergeStreams<T>(
  openers: readonly ((ended: AbortSignal) => AsyncIterable<T>)[],
  signal: AbortSignal,
): AsyncGenerator<T, void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop);
  type Step = { readonly from: AsyncIterator<T>; readonly result: IteratorResult<T> };
  const next = async (from: AsyncIterator<T>): Promise<Step> => ({ from, result: await from.next() });
  const waiting = new Map<AsyncIterator<T>, Promise<Step>>();
  const ask = (from: AsyncIterator<T>) => {
    const step = next(from);
    // Those that fail after the first have nobody who waits for them.
    step.catch(() => {});
    waiting.set(from, step);
  };
  try {
    for (const open of openers) ask(open(controller.signal)[Symbol.asyncIterator]());
    while (waiting.size > 0) {
      const { from, result } = await Promise.race(waiting.values());
      if (result.done) return;
      // Behind the others, so that one which never rests cannot drown them out.
      waiting.delete(from);
      ask(from);
      yield result.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
    for (const from of waiting.keys()) Promise.resolve(from.return?.()).catch(() => {});
  }
}
