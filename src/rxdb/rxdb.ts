export type { RxCheckpoint } from './document-collection.ts';
export { rxObjects } from './rx-objects.ts';
export { type RxDocumentOf, rxSchemaOf } from './rx-schema-of.ts';
export { getRxStorageSojourn, type RxStorageSojourn, type RxStorageSojournOptions } from './rx-storage.ts';
export type { RxSojournInstanceOptions, RxSojournInternals } from './rx-storage-instance.ts';
export {
  type RxCollectionsOf,
  type RxHost,
  type RxNames,
  type RxRecords,
  toRxCollections,
} from './to-rx-collections.ts';
