import type { SyncHandlerOptions } from './sync-options.ts';

const METHODS = 'GET, POST';
const HEADERS = 'accept, authorization, cache-control, content-encoding, content-type, last-event-id';

/** The headers by which a page of another origin may read an answer; none for an origin that is not listed. */
export function corsHeaders({ cors }: SyncHandlerOptions, request: Request): Readonly<Record<string, string>> {
  if (cors === undefined) return {};
  const origin = request.headers.get('origin');
  if (origin === null || !cors.origins.includes(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'retry-after',
    ...(cors.credentials === true && { 'access-control-allow-credentials': 'true' }),
  };
}

/** Answers what a browser asks before it lets a page ask. */
export function answerPreflight(options: SyncHandlerOptions, request: Request): Response {
  const headers = corsHeaders(options, request);
  if (headers['access-control-allow-origin'] === undefined) return new Response(null, { status: 403, headers });
  return new Response(null, {
    status: 204,
    headers: {
      ...headers,
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': HEADERS,
      'access-control-max-age': '600',
    },
  });
}
