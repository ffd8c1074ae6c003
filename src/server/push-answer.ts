import { type PushAnswer, type PushRequest, pushRequest, type RowAnswer } from '../replication/wire.ts';
import { type CarriedPush, carryPush } from './carry-push.ts';
import { assertKept, writePlace } from './checkpoint.ts';
import { json, jsonText } from './json-answer.ts';
import type { MasterAnswer } from './master.ts';
import { readJsonText } from './read-body.ts';
import type { StreamHub } from './stream-hub.ts';
import { assertProtocol, assertVersion, readWire, type SyncCall, type SyncContext } from './sync-context.ts';
import { malformed } from './sync-failure.ts';

const COMMITS = '"commits":';

/** An answer as its client may have it. A conflict is answered again when its push is repeated, so it is looked at again too. */
function answerFor({ view }: CarriedPush, object: string, answer: MasterAnswer): RowAnswer {
  if (answer.status !== 'conflict') return answer;
  const { record, root } = answer;
  if (record === undefined || !view.mayRead(object, record)) return { status: 'missing' };
  return { status: 'conflict', document: view.document(object, { record, root }) };
}

/** Answers `POST /push`. */
export async function answerPush(context: SyncContext, call: SyncCall, hub: StreamHub): Promise<Response> {
  const { value, text } = await readJsonText(call.request, context.limits);
  assertProtocol(value);
  const { client, push, pushed, versions, commits, stream } = readWire(pushRequest, value);
  const named = new Set<string>();
  for (const rows of commits) for (const { object } of rows) named.add(object);
  for (const object of named) {
    if (!Object.hasOwn(versions, object)) throw malformed('the version of each object named in the rows is needed');
    // One that is not offered is refused by row, so that it holds up nothing else.
    if (context.objects.has(object)) assertVersion(context, object, versions[object] as number);
  }
  if (pushed !== undefined && pushed !== null) await assertKept(context.master, pushed);
  const onMade = stream === undefined ? undefined : hub.passOver(call, stream);
  const given = { client, push, commits, isWhole: false, text: textOf(commits, text), onMade };
  const carried = await carryPush(context, call, given);
  const place = await writePlace(context.master);
  if (carried.text !== undefined && !hasConflict(carried))
    return jsonText(`{"push":${push},"commits":${carried.text},"pushed":${JSON.stringify(place)}}`);
  const answer: PushAnswer = {
    push,
    commits: commits.map((rows, at) =>
      rows.map(({ object }, row) => answerFor(carried, object, carried.commits[at]?.[row] as MasterAnswer)),
    ),
    pushed: place,
  };
  return json(answer);
}

function hasConflict({ commits }: CarriedPush): boolean {
  return commits.some((answers) => answers.some(({ status }) => status === 'conflict'));
}

/**
 * The commits as they came: the same to the letter whenever their push is sent again. A client that writes something after them is
 * not known by that, and they are written down anew.
 */
function textOf(commits: PushRequest['commits'], request: string): string {
  const at = request.indexOf(COMMITS);
  return at >= 0 && request.endsWith(']}') ? request.slice(at) : JSON.stringify(commits);
}
