import type { Environment } from '../ground/environment.ts';
import type { Storage } from '../storage/storage.ts';

/** By storage that has no place: a name of its own. */
const places = new WeakMap<Storage, string>();

/** A name that no other tab has. */
export function randomName(environment: Environment): string {
  const bytes = environment.random(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What tells a storage from others of its kind. */
export function placeOf(storage: Storage, environment: Environment): string {
  const known = storage.place ?? places.get(storage);
  if (known !== undefined) return known;
  const place = randomName(environment);
  places.set(storage, place);
  return place;
}
