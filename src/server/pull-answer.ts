import { type PullAnswer, type PullRequest, WIRE_LIMITS } from '../replication/wire.ts';
import { json } from './json-answer.ts';
import { pullLines } from './pull-lines.ts';
import { readJson } from './read-body.ts';
import { documentOf, readShown } from './read-shown.ts';
import { streamResponse } from './stream-response.ts';
import {
  checkpointAt,
  openViewpoint,
  readPull,
  type SyncCall,
  type SyncContext,
  type Viewpoint,
} from './sync-context.ts';
import { SyncFailure } from './sync-failure.ts';

/** Whether a header that lists what is accepted names something, and not with a weight of 0. */
function accepts(request: Request, header: string, what: string): boolean {
  return (request.headers.get(header) ?? '')
    .toLowerCase()
    .split(',')
    .some((part) => {
      const [name, ...parameters] = part.split(';').map((text) => text.trim());
      return name === what && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    });
}

async function answerPage(
  { master, limits }: SyncContext,
  call: SyncCall,
  { limit }: PullRequest,
  { view, rights, after, since, freshUpTo }: Viewpoint,
): Promise<Response> {
  const { signal } = call.request;
  const page = await readShown(master, view, {
    after,
    since,
    freshUpTo,
    limit: Math.min(limit, limits.pullLimit),
    signal,
  });
  call.rows = page.shown.length;
  // A commit is not cut apart, and an answer this large is refused by its client.
  if (page.shown.length > WIRE_LIMITS.rows * 2)
    throw new SyncFailure(413, 'SYNC_LIMIT', 'a commit larger than a page: ask for it as application/x-ndjson');
  const answer: PullAnswer = {
    documents: page.shown.map((shown) => [shown.place, documentOf(view, shown)]),
    checkpoint: await checkpointAt(master, page.sequence, rights, page.done ? undefined : since),
    done: page.done,
  };
  return json(answer);
}

/** Answers `POST /pull`: a page as JSON, or all there is as lines. */
export async function answerPull(context: SyncContext, call: SyncCall): Promise<Response> {
  const { request } = call;
  const asked = readPull(context, await readJson(request, context.limits));
  const viewpoint = await openViewpoint(context, call, asked.objects, asked.checkpoint, asked.pushed);
  if (!accepts(request, 'accept', 'application/x-ndjson')) return answerPage(context, call, asked, viewpoint);
  const lines = pullLines(context.master, viewpoint, request.signal, call.onRows);
  // Its beginning before the answer's, so that what is wrong is told by a status.
  const first = await lines.next();
  return streamResponse(first.value as string, lines, {
    type: 'application/x-ndjson',
    gzip: accepts(request, 'accept-encoding', 'gzip'),
    hear: call.hear,
  });
}
