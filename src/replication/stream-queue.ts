import type { StreamMessage } from './remote.ts';
import type { StreamDocuments } from './wire.ts';

/** More than this is not kept: a pull brings it as well. */
const WAITING_MAX = 200;

/** What a stream has brought and nobody has taken in yet. Each message says where it goes on from; the rest is decided by that. */
export class StreamQueue {
  #waiting: StreamDocuments[] = [];
  /** Whether something is missing that only a pull brings. */
  #hasGap = false;

  add(message: StreamMessage): void {
    if (message.kind === 'alive') return;
    const last = this.#waiting.at(-1);
    // One that only says how far the stream has come, as of each push of thousands, makes one with that before it.
    if (message.kind === 'documents' && message.documents.length === 0 && last?.checkpoint === message.after) {
      this.#waiting[this.#waiting.length - 1] = { ...last, checkpoint: message.checkpoint };
      return;
    }
    if (message.kind === 'resync' || this.#waiting.length >= WAITING_MAX) {
      this.#waiting = [];
      this.#hasGap = true;
    } else this.#waiting.push(message);
  }

  /** The message that goes on from a checkpoint; `gap` where there are messages and none does; undefined where there are none. */
  next(checkpoint: string | null): StreamDocuments | 'gap' | undefined {
    const at = this.#waiting.findIndex(({ after }) => after === checkpoint);
    if (at >= 0) return this.#waiting.splice(0, at + 1).at(-1);
    // What leads to where we are is here already, by a pull.
    const here = this.#waiting.findLastIndex((message) => message.checkpoint === checkpoint);
    if (here >= 0) this.#waiting.splice(0, here + 1);
    const isMissing = this.#hasGap || this.#waiting.length > 0;
    this.#hasGap = false;
    this.#waiting = [];
    return isMissing ? 'gap' : undefined;
  }

  clear(): void {
    this.#waiting = [];
    this.#hasGap = false;
  }
}
