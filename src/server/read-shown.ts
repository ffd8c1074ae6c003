import type { WireDocument } from '../replication/wire.ts';
import type { Master, MasterEntry } from './master.ts';
import { SyncFailure } from './sync-failure.ts';
import type { View } from './view.ts';

/** A changed record that a client is told of. */
export interface Shown {
  /** The place of its object in the request. */
  readonly place: number;
  readonly entry: MasterEntry;
  /** What it is told, where that is not the record. */
  readonly instead: WireDocument | undefined;
}

export interface ShownPage {
  readonly shown: readonly Shown[];
  /** The sequence up to which all has been read. */
  readonly sequence: number;
  readonly done: boolean;
}

export interface ShownRequest {
  /** The sequence after which to read. */
  readonly after: number;
  /** Where the client last held all there was, which is before `after` in the middle of a pull; `after` when undefined. */
  readonly since: number | undefined;
  /**
   * Of a client that holds nothing yet: where the history stood when it began, up to which it need not be told what is gone. What
   * goes afterwards it may hold already, and it is read up to there and no further.
   */
  readonly freshUpTo: number | undefined;
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** How many versions are looked at before others get their turn. */
const AT_ONCE = 5_000;
/** And how many at least where most may not be shown: whoever asks for one at a time must not have each looked for by itself. */
const FILTERED_AT_ONCE = 256;

export function show(view: View, entries: readonly MasterEntry[], isFresh: boolean): Shown[] {
  const shown: Shown[] = [];
  for (const entry of entries) {
    const what = view.show(entry, isFresh);
    if (what === undefined) continue;
    const place = view.placeOf(entry) as number;
    shown.push({ place, entry, instead: what === 'record' ? undefined : what });
  }
  return shown;
}

/** How many of what was found make a page of about `limit`, which cuts no commit apart. */
function endOfPage(shown: readonly Shown[], limit: number): number {
  let end = limit;
  while (end < shown.length && shown[end]?.entry.sequence === shown[end - 1]?.entry.sequence) end++;
  return end;
}

/** What is shown of the changes after a sequence: never less than asked for while there is more. */
export async function readShown(
  master: Master,
  view: View,
  { after, since = after, freshUpTo, limit, signal }: ShownRequest,
): Promise<ShownPage> {
  const isFresh = freshUpTo !== undefined;
  const shown: Shown[] = [];
  let sequence = after;
  for (;;) {
    const page = await master.read({
      objects: view.objects,
      after: sequence,
      limit: Math.min(AT_ONCE, Math.max(limit - shown.length, view.isFiltered ? FILTERED_AT_ONCE : 1)),
      withBefore: view.isFiltered && !isFresh,
      since,
      heldOnly: isFresh,
    });
    const entries = isFresh ? page.entries.filter((entry) => entry.sequence <= freshUpTo) : page.entries;
    for (const each of show(view, entries, isFresh)) shown.push(each);
    sequence = page.sequence;
    const end = endOfPage(shown, limit);
    if (end < shown.length)
      return { shown: shown.slice(0, end), sequence: (shown[end - 1] as Shown).entry.sequence, done: false };
    if (isFresh && sequence >= freshUpTo)
      return { shown, sequence: freshUpTo, done: page.done && sequence === freshUpTo };
    if (page.done || shown.length >= limit) return { shown, sequence, done: page.done };
    await master.store.environment.pause();
    if (signal.aborted) throw new SyncFailure(499, 'ABORTED', 'the request was called off');
  }
}

/** What is sent of a record. */
export function documentOf(view: View, { entry, instead }: Shown): WireDocument {
  return instead ?? view.document(entry.object, entry);
}
