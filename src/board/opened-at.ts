/** Early on a busy afternoon: every queue has its callers. */
export const OPENED_AT_MS = Date.parse('2026-03-05T14:00:00Z');
