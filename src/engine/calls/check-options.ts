import { createError } from '../ground/errors.ts';

/** What kind of value it is, and nothing of what it holds. */
function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * Refuses options that a call does not have, or of another kind than they are: a mistyped `allOrNone` must not pass
 * for its absence. Throws `INVALID_OPTION`.
 */
export function checkOptions(options: unknown, kinds: Readonly<Record<string, string>>): void {
  if (typeof options !== 'object' || options === null)
    throw createError('INVALID_OPTION', `options are an object such as { name: value }, not ${nameOf(options)}`);
  for (const [name, value] of Object.entries(options)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined)
      throw createError(
        'INVALID_OPTION',
        `unknown option ${name.slice(0, 80)}; there are ${Object.keys(kinds).join(', ')}`,
      );
    if (value !== undefined && typeof value !== kind)
      throw createError(
        'INVALID_OPTION',
        `${name} takes ${kind === 'object' ? 'an' : 'a'} ${kind}, not ${nameOf(value)}`,
      );
  }
}

export const WRITE_OPTIONS = { allOrNone: 'boolean' } as const;
export const REPLICATION_OPTIONS = { unlimited: 'boolean' } as const;
export const IMPORT_OPTIONS = {
  format: 'string',
  onBadRow: 'string',
  signal: 'object',
  onProgress: 'function',
} as const;
export const EXPORT_OPTIONS = {
  format: 'string',
  deleted: 'boolean',
  where: 'object',
  fields: 'object',
  escapeFormulas: 'boolean',
  signal: 'object',
  onProgress: 'function',
} as const;

const LIVE_OPTIONS = { signal: 'object', deliver: 'string' } as const;

/** Throws `INVALID_OPTION` for options that a live query does not have. */
export function checkLiveOptions(options: { readonly signal?: unknown; readonly deliver?: unknown }): void {
  checkOptions(options, LIVE_OPTIONS);
  const { deliver, signal } = options;
  if (signal !== undefined && (signal === null || !('addEventListener' in (signal as object))))
    throw createError('INVALID_OPTION', 'signal is an AbortSignal');
  if (deliver !== undefined && deliver !== 'commit' && deliver !== 'microtask' && deliver !== 'frame')
    throw createError('INVALID_OPTION', "deliver is 'commit', 'microtask' or 'frame'");
}
