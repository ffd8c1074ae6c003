import { useSyncExternalStore } from 'react';
import type { Row } from './question.ts';
import type { RowStore } from './row-store.ts';

const NO_ROWS: readonly Row[] = Object.freeze([]);
const noRows = () => NO_ROWS;
const subscribeToNothing = () => () => undefined;

/**
 * The rows of a store, none without one. On a server, and for the first render of what a server has rendered, they are
 * the rows of that moment.
 */
export function useRows(store: RowStore | undefined): readonly Row[] {
  const getSnapshot = store?.getSnapshot ?? noRows;
  return useSyncExternalStore(store?.subscribe ?? subscribeToNothing, getSnapshot, getSnapshot);
}
