export type { RxCheckpoint } from './document-collection.ts';
export { getRxStorageSojourn, type RxStorageSojourn, type RxStorageSojournOptions } from './rx-storage.ts';
export type { RxSojournInstanceOptions, RxSojournInternals } from './rx-storage-instance.ts';
