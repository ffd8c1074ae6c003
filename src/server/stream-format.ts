import { DELETED_WITH, PURGED, REMOVED } from '../replication/document.ts';
import type { WireDocument } from '../replication/wire.ts';

/** A document as text, with the place of its object in the request. */
export interface PlacedText {
  readonly place: number;
  readonly text: string;
}

/** How the events of a stream are written. */
export interface StreamFormat {
  document(document: WireDocument): string;
  documents(texts: readonly PlacedText[], after: string, checkpoint: string): string;
  /** Says that something was left out. `checkpoint`: what the client has by this stream. */
  resync(checkpoint: string): string;
  /** Whether a client that something was left out for is let go, to come back and be told of it. */
  readonly endsBehind: boolean;
  /** Whether clients keep the checkpoint of an event that holds no document. */
  readonly marksQuiet: boolean;
  readonly alive: string;
}

export const WIRE_FORMAT: StreamFormat = {
  document: (document) => JSON.stringify(document),
  documents: (texts, after, checkpoint) => {
    const placed = texts.map(({ place, text }) => `[${place},${text}]`).join();
    return `event: documents\ndata: {"documents":[${placed}],"after":"${after}","checkpoint":"${checkpoint}"}\n\n`;
  },
  marksQuiet: true,
  endsBehind: false,
  resync: () => 'event: resync\ndata: {}\n\n',
  alive: ': alive\n\n',
};

/** A document as RxDB knows it: without what it has no word for. */
export function toRxDocument(document: WireDocument): WireDocument {
  const { [PURGED]: _purged, [REMOVED]: _removed, [DELETED_WITH]: _root, ...fields } = document;
  return fields;
}

/** A checkpoint as RxDB keeps it: an object of one key that is always there, since it merges them. */
export function toRxCheckpoint(checkpoint: string): { readonly position: string } {
  return { position: checkpoint };
}

/**
 * Clients written as RxDB's documentation has it take any message for documents: what is none has a name of its own, which only
 * those hear who listen for it. The checkpoint is each event's id as well: a browser that reconnects sends the last one, and is told
 * what it missed.
 */
export const RXDB_FORMAT: StreamFormat = {
  document: (document) => JSON.stringify(toRxDocument(document)),
  documents: (texts, _after, checkpoint) => {
    const documents = texts.map(({ text }) => text).join();
    const position = JSON.stringify(toRxCheckpoint(checkpoint));
    return `id: ${checkpoint}\ndata: {"documents":[${documents}],"checkpoint":${position}}\n\n`;
  },
  marksQuiet: false,
  endsBehind: true,
  resync: (checkpoint) => `id: ${checkpoint}\nevent: RESYNC\ndata: "RESYNC"\n\n`,
  alive: ': alive\n\n',
};
