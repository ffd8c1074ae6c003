import type { WireDocument } from './wire.ts';

/** A record that was changed here and on the server, as a handler is told of it. */
export interface Conflict {
  readonly object: string;
  readonly id: string;
  /** The fields that both have changed, to different values. */
  readonly fields: readonly string[];
  /** What both started from, in those fields; undefined for a record made on both sides. */
  readonly base: WireDocument | undefined;
  readonly mine: WireDocument;
  readonly theirs: WireDocument;
}

/**
 * Settles a conflict: whose values stand in the fields that both have changed, or the values themselves. Undefined leaves it to
 * a person. It must depend on what it is handed alone, so that all clients settle alike; what it throws leaves it to a person too.
 */
export type ConflictHandler = (conflict: Conflict) => 'mine' | 'theirs' | 'ask' | WireDocument | undefined;

/**
 * How conflicts of an object are settled. `mine` (default): what is written last to reach the server stands, so that no write is
 * lost unseen. `theirs`: what the server has. `ask`: a person decides, and the record is not sent until then.
 */
export type ConflictPolicy = 'mine' | 'theirs' | 'ask' | ConflictHandler;

/** What became of a conflict. */
export interface SettledConflict extends Conflict {
  readonly outcome: 'mine' | 'theirs' | 'merged' | 'asked';
}

export interface Settlement {
  readonly outcome: SettledConflict['outcome'];
  /** The values that stand, in the fields of the conflict. */
  readonly values: WireDocument;
}

/** Asks the policy. Never throws: what is no answer, or none that `isStorable`, is left to a person. */
export function settle(
  policy: ConflictPolicy,
  conflict: Conflict,
  isStorable: (values: WireDocument) => boolean,
): Settlement {
  const side = (document: WireDocument) => Object.fromEntries(conflict.fields.map((name) => [name, document[name]]));
  const answer = typeof policy === 'function' ? ask(policy, conflict) : policy;
  if (answer === 'mine') return { outcome: 'mine', values: side(conflict.mine) };
  if (answer === 'theirs') return { outcome: 'theirs', values: side(conflict.theirs) };
  // A promise, or values that the record cannot hold, are no answer.
  const isAnswer = typeof answer === 'object' && answer !== null && !('then' in answer) && isStorable(answer);
  if (!isAnswer) return { outcome: 'asked', values: side(conflict.mine) };
  return { outcome: 'merged', values: { ...side(conflict.mine), ...answer } };
}

function ask(handler: ConflictHandler, conflict: Conflict): ReturnType<ConflictHandler> {
  try {
    return handler(conflict);
  } catch {
    return 'ask';
  }
}
