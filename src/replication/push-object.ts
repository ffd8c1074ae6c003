import { isSameJson } from '../engine/record/record.ts';
import { DELETED } from './document.ts';
import type { ForeignMapping } from './foreign-mapping.ts';
import { malformed } from './malformed.ts';
import type { PushRow, RowAnswer, WireDocument } from './wire.ts';

/** A change as RxDB sends it: both states whole, the assumed one absent for what is new. */
export interface ForeignRow {
  readonly assumedMasterState?: unknown;
  readonly newDocumentState: unknown;
}

/**
 * Pushes rows of one object and gives the answer to each: `conflict` where the backend gave a document of the same id, `applied`
 * where it did not. Rows of one record go in calls of their own, or nobody could say which of them was refused.
 */
export async function pushObject(
  push: (rows: readonly ForeignRow[]) => Promise<readonly unknown[]>,
  mapping: ForeignMapping,
  rows: readonly PushRow[],
): Promise<RowAnswer[]> {
  const answers: RowAnswer[] = [];
  for (const some of apart(rows, mapping)) {
    const conflicts = await push([...some.values()].map((row) => toForeign(row, mapping)));
    if (!Array.isArray(conflicts)) throw malformed('the answer to a push is no array');
    const held = new Map(mapping.toRecord(conflicts).map((document) => [mapping.idOf(document), document]));
    // A conflict passed over would count as a row that was taken.
    if (held.size !== conflicts.length || [...held.keys()].some((id) => !some.has(id)))
      throw malformed('a conflict over what was not pushed');
    for (const [id, row] of some) answers.push(answerTo(row, held.get(id)));
  }
  return answers;
}

/** Rows in order, in groups that have each id once. */
function apart(rows: readonly PushRow[], { idOf }: ForeignMapping): Map<string, PushRow>[] {
  const groups: Map<string, PushRow>[] = [];
  let group: Map<string, PushRow> | undefined;
  for (const row of rows) {
    const id = idOf(row.newDocumentState);
    if (group === undefined || group.has(id)) {
      group = new Map();
      groups.push(group);
    }
    group.set(id, row);
  }
  return groups;
}

function toForeign({ assumedMasterState, newDocumentState }: PushRow, { toDocument }: ForeignMapping): ForeignRow {
  return {
    ...(assumedMasterState !== undefined && { assumedMasterState: toDocument(assumedMasterState) }),
    newDocumentState: toDocument(newDocumentState),
  };
}

function answerTo({ newDocumentState }: PushRow, held: WireDocument | undefined): RowAnswer {
  // Held already, as when the answer to the same push was lost: nothing is in conflict.
  if (held === undefined || holds(held, newDocumentState)) return { status: 'applied' };
  return { status: 'conflict', document: held };
}

function holds(held: WireDocument, wanted: WireDocument): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    if (name === DELETED) return (held[DELETED] === true) === (value === true);
    return name.startsWith('_') || isSameJson(held[name] ?? null, value ?? null);
  });
}
