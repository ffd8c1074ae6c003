import type { Entity } from '../store/store.ts';

/** What stored records are put in: an object of the store, or one that is staged. */
export type StoredEntity = Pick<Entity, 'definition' | 'table' | 'numbers'>;
