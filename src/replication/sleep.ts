import type { Environment } from '../engine/ground/environment.ts';
import { aborted } from './until-aborted.ts';

/** Resolves `ms` milliseconds from now; rejects with `ABORTED` as soon as the signal is raised, and leaves no timer then. */
export function sleep(env: Environment, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(aborted());
      return;
    }
    const stop = () => {
      disarm();
      reject(aborted());
    };
    const disarm = env.wake(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
