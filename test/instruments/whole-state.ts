/** Everything of a database that a call can leave a trace in. */
export function wholeState(database: object): unknown {
  const { changesSince } = database as { changesSince(sequence: number): readonly unknown[] };
  return { ...heldState(database), changes: changesSince.call(database, 0) };
}

interface Watched {
  readonly sequence: number;
  describeGlobal(): { readonly sobjects: readonly { readonly name: string; readonly replicateable: boolean }[] };
  collection(name: string): {
    readonly size: number;
    find(query: object): readonly unknown[];
    describe(): unknown;
    getDeleted(start: string, end: string, options: object): unknown;
  };
}

/** The same without the changes, which a database that was opened anew no longer tells. */
export function heldState(database: object): object {
  const db = database as Watched;
  const global = db.describeGlobal();
  const objects = global.sobjects.map(({ name, replicateable }) => {
    const collection = db.collection(name);
    return {
      name,
      size: collection.size,
      records: collection.find({ deleted: 'include' }),
      deleted: replicateable
        ? collection.getDeleted('2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z', { unlimited: true })
        : undefined,
    };
  });
  return { sequence: db.sequence, global, objects };
}

/**
 * What a database tells of these objects. Apart from the rest, as no record is in it: to look at it around every call
 * takes longer than all the calls, and around all of them it shows the same.
 */
export function toldOf(database: object, names: readonly string[]): unknown {
  const db = database as Watched;
  return names.map((name) => db.collection(name).describe());
}
