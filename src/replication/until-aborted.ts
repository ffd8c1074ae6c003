import { createError, type EngineError } from '../engine/ground/errors.ts';

export function aborted(): EngineError {
  return createError('ABORTED', 'the call was aborted');
}

/** Does some work, and rejects with `ABORTED` as soon as the signal is raised, whatever the work does: it may end unheard. */
export function untilAborted<T>(work: () => T | PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(aborted());
      return;
    }
    const stop = () => {
      signal.removeEventListener('abort', stop);
      reject(aborted());
    };
    signal.addEventListener('abort', stop);
    (async () => work())().then(
      (value) => {
        signal.removeEventListener('abort', stop);
        resolve(value);
      },
      (error) => {
        signal.removeEventListener('abort', stop);
        reject(signal.aborted ? aborted() : error);
      },
    );
  });
}
