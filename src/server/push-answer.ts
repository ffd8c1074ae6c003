import { type PushAnswer, pushRequest, type RowAnswer } from '../replication/wire.ts';
import { type CarriedPush, carryPush } from './carry-push.ts';
import { assertKept, writePlace } from './checkpoint.ts';
import { json } from './json-answer.ts';
import type { MasterAnswer } from './master.ts';
import { readJson } from './read-body.ts';
import { assertProtocol, assertVersion, readWire, type SyncCall, type SyncContext } from './sync-context.ts';
import { malformed } from './sync-failure.ts';

/** An answer as its client may have it. A conflict is answered again when its push is repeated, so it is looked at again too. */
function answerFor({ view }: CarriedPush, object: string, answer: MasterAnswer): RowAnswer {
  if (answer.status !== 'conflict') return answer;
  const { record, root } = answer;
  if (record === undefined || !view.mayRead(object, record)) return { status: 'missing' };
  return { status: 'conflict', document: view.document(object, { record, root }) };
}

/** Answers `POST /push`. */
export async function answerPush(context: SyncContext, call: SyncCall): Promise<Response> {
  const value = await readJson(call.request, context.limits);
  assertProtocol(value);
  const { client, push, pushed, versions, commits } = readWire(pushRequest, value);
  const named = new Set(commits.flatMap((rows) => rows.map(({ object }) => object)));
  for (const object of named) {
    if (!Object.hasOwn(versions, object)) throw malformed('the version of each object named in the rows is needed');
    // One that is not offered is refused by row, so that it holds up nothing else.
    if (context.objects.has(object)) assertVersion(context, object, versions[object] as number);
  }
  if (pushed !== undefined && pushed !== null) await assertKept(context.master, pushed);
  const carried = await carryPush(context, call, { client, push, commits, isWhole: false });
  const answer: PushAnswer = {
    push,
    commits: commits.map((rows, at) =>
      rows.map(({ object }, place) => answerFor(carried, object, carried.commits[at]?.[place] as MasterAnswer)),
    ),
    pushed: await writePlace(context.master),
  };
  return json(answer);
}
