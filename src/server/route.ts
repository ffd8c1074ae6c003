import type { SyncHandlerOptions } from './sync-options.ts';

/** What a request asks for by its path. */
export type Route =
  | { readonly kind: 'none'; readonly name: string; readonly method: undefined }
  | { readonly kind: 'hello' | 'pull' | 'push' | 'stream'; readonly name: string; readonly method: 'GET' | 'POST' }
  | {
      readonly kind: 'rxPull' | 'rxPush' | 'rxStream';
      readonly name: string;
      readonly method: 'GET' | 'POST';
      readonly object: string;
    };

const NONE: Route = { kind: 'none', name: 'other', method: undefined };

const WHOLE: Readonly<Record<string, Route>> = {
  '/': { kind: 'hello', name: 'GET /', method: 'GET' },
  '/pull': { kind: 'pull', name: 'POST /pull', method: 'POST' },
  '/push': { kind: 'push', name: 'POST /push', method: 'POST' },
  '/stream': { kind: 'stream', name: 'POST /stream', method: 'POST' },
};
const BY_OBJECT = {
  pull: { kind: 'rxPull', name: 'GET /{Object}/pull', method: 'GET' },
  push: { kind: 'rxPush', name: 'POST /{Object}/push', method: 'POST' },
  stream: { kind: 'rxStream', name: 'GET /{Object}/stream', method: 'GET' },
} as const;

/** The route of a request; an object that is not offered is as none. */
export function matchRoute({ basePath = '', objects }: SyncHandlerOptions, request: Request): Route {
  const { pathname } = new URL(request.url);
  if (pathname !== basePath && !pathname.startsWith(`${basePath}/`)) return NONE;
  const path = pathname.slice(basePath.length) || '/';
  const whole = Object.hasOwn(WHOLE, path) ? WHOLE[path] : undefined;
  if (whole !== undefined) return whole;
  const [, object, verb, more] = path.split('/');
  if (object === undefined || verb === undefined || more !== undefined) return NONE;
  if (!objects.includes(object) || !Object.hasOwn(BY_OBJECT, verb)) return NONE;
  return { ...BY_OBJECT[verb as keyof typeof BY_OBJECT], object };
}
