/** A row of a result, nested as the query has it. */
export type Row = Readonly<Record<string, unknown>>;

/** A place in rows that has a value, shown under its path with dots. */
export interface Column {
  readonly name: string;
  readonly path: readonly string[];
}

/** What is known of one place in all rows: the places within it, and whether any row has a plain value there. */
interface Place {
  readonly within: Map<string, Place>;
  hasValue: boolean;
}

const createPlace = (): Place => ({ within: new Map(), hasValue: false });

/** The rows of a child query. */
interface ChildResult {
  readonly totalSize: number;
  readonly records: readonly unknown[];
}

function isChildResult(value: object): value is ChildResult {
  const { totalSize, records, done } = value as Partial<Record<'totalSize' | 'records' | 'done', unknown>>;
  return typeof totalSize === 'number' && typeof done === 'boolean' && Array.isArray(records);
}

/** Parents and nested objects are gone into; lists, child rows and empty objects are values. */
function isNested(value: unknown): value is Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isChildResult(value)) return false;
  for (const _ in value) return true;
  return false;
}

function add(place: Place, row: Row): void {
  for (const [name, value] of Object.entries(row)) {
    let inner = place.within.get(name);
    if (inner === undefined) {
      inner = createPlace();
      place.within.set(name, inner);
    }
    if (isNested(value)) add(inner, value);
    else if (value !== null && value !== undefined) inner.hasValue = true;
  }
}

/** The name that `place` has for a name written in whatever case. */
function nameIn(place: Place, written: string): string | undefined {
  if (place.within.has(written)) return written;
  const lower = written.toLowerCase();
  for (const name of place.within.keys()) if (name.toLowerCase() === lower) return name;
  return undefined;
}

/** Goes down a path that was selected: what is beyond a parent that is null everywhere has been seen in no row. */
function addSelected(root: Place, path: readonly string[]): void {
  let place = root;
  for (const [depth, written] of path.entries()) {
    if (place.hasValue) return;
    const name = nameIn(place, written);
    // Only below what the rows have: the rest of SELECT may go by other names in them.
    if (name === undefined && depth === 0) return;
    const next = place.within.get(name ?? written) ?? createPlace();
    if (name === undefined) place.within.set(written, next);
    place = next;
  }
}

function* columnsIn(place: Place, path: readonly string[]): Generator<Column> {
  for (const [name, inner] of place.within) {
    const here = [...path, name];
    if (inner.within.size === 0 || inner.hasValue) yield { name: here.join('.'), path: here };
    yield* columnsIn(inner, here);
  }
}

/**
 * The columns of rows, in the order in which they first appear. A parent that is null in some rows has the columns that
 * the others give it; of one that is null in all, those that were `selected`.
 */
export function columnsOf(rows: Iterable<Row>, selected: readonly (readonly string[])[] = []): readonly Column[] {
  const root = createPlace();
  let isEmpty = true;
  for (const row of rows) {
    add(root, row);
    isEmpty = false;
  }
  if (isEmpty) return selected.map((path) => ({ name: path.join('.'), path }));
  for (const path of selected) addSelected(root, path);
  return [...columnsIn(root, [])];
}

/** The value of a row in a column; undefined where the row has none. */
export function valueAt(row: Row, { path }: Column): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Row)[name];
  }
  // What is gone into has columns of its own.
  return isNested(value) ? undefined : value;
}

/** A value that nests as JSON, child rows as the list of them. */
export function nestedText(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && isChildResult(inner) ? inner.records : inner,
  );
}

/** A value as one text: nothing for null, JSON for lists, a count for child rows. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  if (!isChildResult(value)) return JSON.stringify(value);
  return value.totalSize === 1 ? '1 row' : `${value.totalSize} rows`;
}
