/** Everything of a database that a call can leave a trace in. */
export function wholeState(database: object): unknown {
  const { changesSince } = database as { changesSince(sequence: number): readonly unknown[] };
  return { ...heldState(database), changes: changesSince.call(database, 0) };
}

/** The same without the changes, which a database that was opened anew no longer tells. */
export function heldState(database: object): object {
  const db = database as {
    readonly sequence: number;
    describeGlobal(): { readonly sobjects: readonly { readonly name: string; readonly replicateable: boolean }[] };
    collection(name: string): {
      readonly size: number;
      find(query: object): readonly unknown[];
      describe(): unknown;
      getDeleted(start: string, end: string, options: object): unknown;
    };
  };
  const global = db.describeGlobal();
  const objects = global.sobjects.map(({ name, replicateable }) => {
    const collection = db.collection(name);
    const records = collection.find({ deleted: 'include' });
    return {
      name,
      size: collection.size,
      records,
      // Of forty objects that nobody has touched it would be most of the work.
      description: records.length > 0 ? collection.describe() : undefined,
      deleted: replicateable
        ? collection.getDeleted('2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z', { unlimited: true })
        : undefined,
    };
  });
  return { sequence: db.sequence, global, objects };
}
