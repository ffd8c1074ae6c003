import type { UpdateOf } from '../engine/definition/infer.ts';
import type { SessionCollections, SessionObject, SessionSpecs, Write, WriteTo } from './traffic.ts';

async function make<N extends SessionObject>(collections: SessionCollections, write: WriteTo<N>): Promise<void> {
  const collection = collections[write.object];
  if (write.verb === 'create') {
    const { id } = await collection.create(write.record);
    write.of.recordId = id ?? undefined;
    return;
  }
  if (write.of.recordId === undefined) throw new Error(`an update of a ${write.object} that was never created`);
  // The id field has another name in every object, so its type is known only once the object is.
  const record = { ...write.record, [collection.definition.roles.id]: write.of.recordId };
  await collection.update(record as unknown as UpdateOf<SessionSpecs[N]>);
}

/** Makes one write in the database. It is true there when this returns, before the promise settles. */
export function makeWrite(collections: SessionCollections, write: Write): Promise<void> {
  return make(collections, write as WriteTo<SessionObject>);
}
