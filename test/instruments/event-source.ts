import { createParser } from 'eventsource-parser';

interface HeardEvent {
  readonly data: string;
}

/** What a browser's `EventSource` does, for Node: it comes back by itself, with the id of the last event that it was given. */
export class ReconnectingEvents {
  onmessage: ((event: HeardEvent) => void) | undefined;
  onerror: (() => void) | undefined;
  readonly #url: string;
  readonly #retryMs: number;
  readonly #ended = new AbortController();
  #lastId = '';
  opened = 0;

  constructor(url: string, retryMs = 50) {
    this.#url = url;
    this.#retryMs = retryMs;
    // As in a browser, nothing is heard before whoever made it has said what he listens for.
    void Promise.resolve().then(() => this.#run());
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        const headers = { accept: 'text/event-stream', ...(this.#lastId !== '' && { 'last-event-id': this.#lastId }) };
        const response = await fetch(this.#url, { headers, signal });
        // An error is the end, as the standard has it.
        if (!response.ok || response.body === null) {
          this.onerror?.();
          return;
        }
        this.opened++;
        await this.#read(response.body as ReadableStream<Uint8Array>);
      } catch {
        // The connection was lost, or has ended: it comes back.
      }
      if (signal.aborted) return;
      this.onerror?.();
      await new Promise((resolve) => setTimeout(resolve, this.#retryMs));
    }
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: ({ event, data, id }) => {
        if (id !== undefined) this.#lastId = id;
        if (event === undefined || event === 'message') this.onmessage?.({ data });
      },
    });
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }

  close(): void {
    this.#ended.abort();
  }
}
