import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { TextParts } from './read-body.ts';
import { RemoteFailure } from './remote.ts';

/**
 * Server-sent events, those that each part of a body completes: none for a comment or half an event, which still tell that the
 * connection lives. Throws a failure `SYNC_LIMIT` for an event of more than `lengthMax` characters.
 */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
  lengthMax: number,
): AsyncGenerator<readonly EventSourceMessage[], void> {
  const parts = new TextParts();
  let events: EventSourceMessage[] = [];
  let isTooLong = false;
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onError: ({ type }) => {
      isTooLong ||= type === 'max-buffer-size-exceeded';
    },
    maxBufferSize: lengthMax,
  });
  for await (const chunk of chunks) {
    parser.feed(parts.next(chunk));
    if (isTooLong) throw new RemoteFailure('retry', 'SYNC_LIMIT', `an event has more than ${lengthMax} characters`);
    yield events;
    events = [];
  }
}
