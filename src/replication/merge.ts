import { isSameJson } from '../engine/record/record.ts';

type Values = Readonly<Record<string, unknown>>;

/** A record that both sides have changed since they agreed. Fields are named as documents have them: `_deleted` for the bin. */
export interface ThreeWay {
  /** What the server was taken to hold, in the fields that were changed here; undefined for a record made here. */
  readonly base: Values | undefined;
  /** What is held here. */
  readonly mine: Values;
  /** What the server holds. */
  readonly theirs: Values;
  /** Fields whose value was sent before they changed again: what comes back may be this. */
  readonly sent: Values;
  /** The fields that a client owns. */
  readonly isOwn: (field: string) => boolean;
}

export interface Merged {
  /** What is to be held here, in fields where that changes. */
  readonly take: Values;
  /** What the server is now taken to hold, in the fields that still wait to be sent. */
  readonly base: Values;
  /** Fields that both have changed, to different values. */
  readonly conflicts: readonly string[];
}

/**
 * Field by field: what was not changed here is theirs; what they did not change stays mine and waits; what both made the same
 * is settled; what both changed differently is a conflict, in which mine stands until someone says otherwise. It depends on its
 * arguments alone, and merging its own result again with the same finds nothing to do.
 */
export function mergeFields({ base, mine, theirs, sent, isOwn }: ThreeWay): Merged {
  const take: Record<string, unknown> = {};
  const left: Record<string, unknown> = {};
  const conflicts: string[] = [];
  for (const field of Object.keys(theirs)) {
    const their = theirs[field];
    const was = base === undefined ? undefined : base[field];
    // Of a record made on both sides each fills what the other left open.
    const isMine = base === undefined ? (mine[field] ?? null) !== null : field in base;
    if (!isOwn(field) || !isMine) {
      if (!isSameJson(mine[field], their)) take[field] = their;
      continue;
    }
    if (isSameJson(mine[field], their)) continue;
    left[field] = their;
    if (base !== undefined && isSameJson(was, their)) continue;
    if (field in sent && isSameJson(sent[field], their)) continue;
    conflicts.push(field);
  }
  // What they do not name they did not change.
  for (const field of Object.keys(base ?? {})) if (!(field in theirs)) left[field] = base?.[field];
  return { take, base: left, conflicts };
}
