import { normalizeSalesforceId } from '../engine/ground/ids.ts';
import type { Store } from '../engine/store/store.ts';

/** Who is noted as the writer: the user of the request where a record can hold his id, else the one whom the store is opened for. */
export function auditUser(store: Store, user: string | undefined): string {
  if (user === undefined) return store.user;
  const ids = store.find('User')?.ids;
  const id = ids === undefined ? normalizeSalesforceId(user) : ids.normalize(user);
  return id !== undefined && (ids === undefined || ids.owns(id)) ? id : store.user;
}
