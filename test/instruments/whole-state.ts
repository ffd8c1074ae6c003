/** Everything of a database that a call can leave a trace in. */
export function wholeState(database: object): unknown {
  const db = database as {
    readonly sequence: number;
    changesSince(sequence: number): readonly unknown[];
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
    return {
      name,
      size: collection.size,
      records: collection.find({ deleted: 'include' }),
      description: collection.describe(),
      deleted: replicateable
        ? collection.getDeleted('2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z', { unlimited: true })
        : undefined,
    };
  });
  return { sequence: db.sequence, changes: db.changesSince(0), global, objects };
}
