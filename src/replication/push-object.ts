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

type Push = (rows: readonly ForeignRow[]) => Promise<readonly unknown[]>;

/** A document that a backend holds in the place of one that was pushed: as it gave it, and as we read it. */
interface Held {
  readonly foreign: unknown;
  readonly document: WireDocument;
}

/**
 * Pushes rows of one object and gives the answer to each: `conflict` where the backend gave a document of the same id, `applied`
 * where it did not. Rows of one record go in calls of their own, or nobody could say which of them was refused.
 *
 * A backend compares whole documents, with stamps and fields of its own that no row can know. What it holds is no conflict where it
 * is what was assumed in the fields that the row changes: those are pushed once more, upon the very document that it gave.
 */
export async function pushObject(push: Push, mapping: ForeignMapping, rows: readonly PushRow[]): Promise<RowAnswer[]> {
  const answers: RowAnswer[] = [];
  for (const some of apart(rows, mapping)) {
    const foreign = new Map([...some].map(([id, row]) => [id, toForeign(row, mapping)]));
    const held = await pushOnce(push, mapping, foreign);
    const again = new Map<string, ForeignRow>();
    for (const [id, row] of some) {
      const there = held.get(id);
      if (there !== undefined && isUpon(row, there.document)) again.set(id, toForeignUpon(row, there, mapping));
    }
    const heldStill = again.size === 0 ? new Map<string, Held>() : await pushOnce(push, mapping, again);
    for (const [id, row] of some) answers.push(answerTo(row, held.get(id), again.has(id), heldStill.get(id)));
  }
  return answers;
}

async function pushOnce(
  push: Push,
  mapping: ForeignMapping,
  rows: ReadonlyMap<string, ForeignRow>,
): Promise<Map<string, Held>> {
  const conflicts = await push([...rows.values()]);
  if (!Array.isArray(conflicts)) throw malformed('a push is answered with an array of documents');
  const held = new Map<string, Held>();
  for (const foreign of conflicts)
    for (const document of mapping.toRecord([foreign])) held.set(mapping.idOf(document), { foreign, document });
  // A conflict passed over would count as a row that was taken.
  if (held.size !== conflicts.length || [...held.keys()].some((id) => !rows.has(id)))
    throw malformed('a push is answered with documents of the rows that were sent, each once');
  return held;
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

/** The fields that a row changes. */
function changedIn({ assumedMasterState = {}, newDocumentState }: PushRow): string[] {
  return Object.keys(newDocumentState).filter(
    (name) => !isSameField(name, assumedMasterState[name], newDocumentState[name]),
  );
}

/** Whether what is held is what a row assumes, in the fields that it changes. */
function isUpon(row: PushRow, held: WireDocument): boolean {
  const { assumedMasterState: assumed } = row;
  if (assumed === undefined || holds(held, row.newDocumentState)) return false;
  return changedIn(row).every((name) => isSameField(name, held[name], assumed[name]));
}

function toForeignUpon(row: PushRow, { foreign, document }: Held, { toDocument }: ForeignMapping): ForeignRow {
  const next: Record<string, unknown> = { ...document };
  for (const name of changedIn(row)) next[name] = row.newDocumentState[name];
  return { assumedMasterState: foreign, newDocumentState: toDocument(next as WireDocument) };
}

function answerTo(
  { newDocumentState }: PushRow,
  held: Held | undefined,
  isPushedAgain: boolean,
  heldStill: Held | undefined,
): RowAnswer {
  const last = isPushedAgain ? heldStill : held;
  // Held already, as when the answer to the same push was lost: nothing is in conflict.
  if (last === undefined || holds(last.document, newDocumentState)) return { status: 'applied' };
  // It would go on like that for ever.
  if (isPushedAgain && isSameJson(last.foreign, held?.foreign))
    return {
      status: 'refused',
      code: 'SYNC_REFUSED',
      message: 'the server does not take what goes on from what it holds',
    };
  return { status: 'conflict', document: last.document };
}

function isSameField(name: string, left: unknown, right: unknown): boolean {
  return name === DELETED ? (left === true) === (right === true) : isSameJson(left ?? null, right ?? null);
}

function holds(held: WireDocument, wanted: WireDocument): boolean {
  return Object.entries(wanted).every(
    ([name, value]) => (name !== DELETED && name.startsWith('_')) || isSameField(name, held[name], value),
  );
}
