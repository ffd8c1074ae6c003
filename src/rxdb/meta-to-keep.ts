import { copyJson } from './copy-json.ts';

/** `_meta` where plugins keep more in it than the time, which is kept by itself; null else. */
export function metaToKeep(meta: object): unknown {
  for (const name in meta) if (name !== 'lwt') return copyJson(meta, '_meta', 1);
  return null;
}
