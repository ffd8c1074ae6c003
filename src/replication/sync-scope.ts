import type { OpenCommit } from '../engine/definition/definition.ts';

type Row = Readonly<Record<string, unknown>>;

/** An object that is synced, whole or by a filter. */
export interface SyncedObject {
  readonly name: string;
  readonly where?: Readonly<Record<string, unknown>> | undefined;
}

/** A push that was sent and whose answer has not come. */
export interface InFlight {
  readonly push: number;
  /** The ids of the changes in it, by commit. */
  readonly commits: readonly (readonly string[])[];
  /** Of records that the server knows, by the id of their change: the fields that are sent, though others be written meanwhile. */
  readonly fields?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Of records that went to the bin with another, by the id of their change: that other one, as it was when they were sent. */
  readonly roots?: Readonly<Record<string, readonly [object: string, id: string]>> | undefined;
}

/** What the rows of `SyncState` say together. */
export interface SyncScope {
  readonly objects: ReadonlySet<string>;
  /** The ids of the changes that are on their way. */
  readonly inFlight: ReadonlySet<string>;
}

const objectsRead = new WeakMap<Row, readonly SyncedObject[]>();
const flightRead = new WeakMap<Row, InFlight | undefined>();
const NOTHING: SyncScope = { objects: new Set(), inFlight: new Set() };

/** The objects of one sync. Records never change, so what one says is read once. */
export function objectsOf(row: Row): readonly SyncedObject[] {
  let objects = objectsRead.get(row);
  if (objects === undefined) {
    objects = JSON.parse(row.Objects as string) as readonly SyncedObject[];
    objectsRead.set(row, objects);
  }
  return objects;
}

export function inFlightOf(row: Row): InFlight | undefined {
  if (row.InFlight === null) return undefined;
  let flight = flightRead.get(row);
  if (flight === undefined) {
    flight = JSON.parse(row.InFlight as string) as InFlight;
    flightRead.set(row, flight);
  }
  return flight;
}

const scopeRead = new WeakMap<Row, SyncScope>();

export function bookedScope(commit: OpenCommit): SyncScope {
  const rows = [...commit.all('SyncState')];
  const [first] = rows;
  if (first === undefined) return NOTHING;
  const known = rows.length === 1 ? scopeRead.get(first) : undefined;
  if (known !== undefined) return known;
  const scope = {
    objects: new Set(rows.flatMap((row) => objectsOf(row).map(({ name }) => name))),
    inFlight: new Set(rows.flatMap((row) => inFlightOf(row)?.commits.flat() ?? [])),
  };
  if (rows.length === 1) scopeRead.set(first, scope);
  return scope;
}
