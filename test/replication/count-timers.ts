import { createFakeEnvironment, type FakeEnvironment } from '../instruments/fake-environment.ts';

/** An environment that tells which timers it still has. */
export function countTimers(): { readonly env: FakeEnvironment; readonly live: ReadonlySet<object> } {
  const env = createFakeEnvironment();
  const live = new Set<object>();
  const wake = (action: () => void, ms: number) => {
    const timer = {};
    live.add(timer);
    const disarm = env.wake(() => {
      live.delete(timer);
      action();
    }, ms);
    return () => {
      live.delete(timer);
      disarm();
    };
  };
  return { env: { ...env, wake }, live };
}
