/** What a sync is doing. */
export const SYNC_STATES = [
  /** About to begin: what is in the way is looked at. */
  'ready',
  'pulling',
  'pushing',
  /** All that was known has been exchanged; what happens is passed on at once. */
  'live',
  /** Something failed that may pass; a timer runs. */
  'waiting',
  /** The server does not accept the token: until `resume()` or `resync()`. */
  'unauthorized',
  /** The server speaks another version: until `resume()` or `resync()`. */
  'outdated',
  'offline',
  'paused',
  /** Another tab of the database syncs. */
  'following',
  'closed',
] as const;

export type SyncState = (typeof SYNC_STATES)[number];

/** What can happen to a sync. */
export const SYNC_EVENTS = [
  /** Nothing is in the way. */
  'go',
  /** Local writes wait. */
  'work',
  /** The server has something, or may have. */
  'hint',
  /** All has been pulled. */
  'pulled',
  /** All has been pushed. */
  'pushed',
  'failed',
  'unauthorized',
  'outdated',
  'timer',
  /** The caller wants everything looked at again. */
  'resync',
  'online',
  'offline',
  'pause',
  'resume',
  'lead',
  'follow',
  'close',
] as const;

export type SyncEvent = (typeof SYNC_EVENTS)[number];

type Row = Partial<Record<SyncEvent, SyncState>>;

/** What ends any work. */
const STOPS: Row = { offline: 'offline', pause: 'paused', follow: 'following', close: 'closed' };
const REFUSALS: Row = { unauthorized: 'unauthorized', outdated: 'outdated' };
const AGAIN: Row = { resync: 'ready', resume: 'ready' };

/**
 * Where each event leads from each state. One that a row does not name changes nothing there: it comes late, or is looked at when
 * the work under way is done. docs/sync.md has every cell, and a test holds the two together.
 */
const ROWS: Readonly<Record<SyncState, Row>> = {
  // A push that has no answer yet goes first; all else begins with a pull.
  ready: { ...STOPS, go: 'pulling', work: 'pushing' },
  pulling: { ...STOPS, ...REFUSALS, pulled: 'pushing', failed: 'waiting' },
  pushing: { ...STOPS, ...REFUSALS, pushed: 'live', failed: 'waiting' },
  live: {
    ...STOPS,
    ...REFUSALS,
    work: 'pushing',
    hint: 'pulling',
    resync: 'pulling',
    online: 'pulling',
    failed: 'waiting',
  },
  waiting: { ...STOPS, ...REFUSALS, ...AGAIN, timer: 'ready', online: 'ready' },
  unauthorized: { ...STOPS, ...AGAIN },
  outdated: { ...STOPS, ...AGAIN },
  offline: { pause: 'paused', follow: 'following', close: 'closed', online: 'ready' },
  paused: { follow: 'following', close: 'closed', resume: 'ready' },
  following: { close: 'closed', lead: 'ready' },
  closed: {},
};

/** The state after an event. */
export function nextState(state: SyncState, event: SyncEvent): SyncState {
  return ROWS[state][event] ?? state;
}
