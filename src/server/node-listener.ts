/** What is used of a request of `node:http`, or of Express. */
export interface NodeRequest extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The address before a router took the part off by which it was found. */
  readonly originalUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What is used of a response of `node:http`, or of Express. */
export interface NodeResponse {
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  write(bytes: Uint8Array): boolean;
  end(bytes?: Uint8Array): unknown;
  destroy(): unknown;
  on(event: 'close' | 'drain', listener: () => void): unknown;
  once(event: 'close' | 'drain', listener: () => void): unknown;
  flushHeaders?(): void;
}

function headersOf({ headers }: NodeRequest): Headers {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue;
    for (const each of typeof value === 'string' ? [value] : value) given.append(name, each);
  }
  return given;
}

/** The body as it comes in: no more is taken than is read. */
function bodyOf(req: NodeRequest): ReadableStream<Uint8Array> {
  const chunks = req[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

function toRequest(req: NodeRequest, signal: AbortSignal): Request {
  const method = req.method ?? 'GET';
  const headers = headersOf(req);
  // A host that is none would not make an address; which one it is does not matter here.
  const host = headers.get('host') ?? 'localhost';
  const path = req.originalUrl ?? req.url ?? '/';
  const url = URL.canParse(path, `http://${host}`) ? new URL(path, `http://${host}`) : new URL('http://localhost/');
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, {
    method,
    headers,
    signal,
    ...(hasBody && { body: bodyOf(req) as never, duplex: 'half' }),
  } as RequestInit);
}

async function send(response: Response, res: NodeResponse): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) headers[name] = value;
  // JSON is there as a whole, and goes out with its head in one piece: a system call each costs more than making the answer.
  if (response.body !== null && headers['content-type'] === 'application/json') {
    const bytes = new Uint8Array(await response.arrayBuffer());
    res.writeHead(response.status, { ...headers, 'content-length': String(bytes.byteLength) });
    res.end(bytes);
    return;
  }
  res.writeHead(response.status, headers);
  if (response.body === null) {
    res.end();
    return;
  }
  res.flushHeaders?.();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let goOn = () => {};
  res.on('drain', () => goOn());
  res.once('close', () => {
    reader.cancel().catch(() => undefined);
    goOn();
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (res.destroyed) return;
    // One listener for the whole answer: a slow client has it wait a thousand times.
    if (!res.write(value) && !res.destroyed)
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
  }
  res.end();
}

/**
 * A handler of web requests as a listener of `node:http`, or as a route of Express: mount it before anything that reads bodies,
 * with the path it is mounted under as the handler's `basePath`. Both ways are streamed; the request's signal is raised when the
 * client goes.
 */
export function toNodeListener(
  handler: (request: Request) => Promise<Response>,
): (req: NodeRequest, res: NodeResponse) => void {
  return (req, res) => {
    const abort = new AbortController();
    res.once('close', () => {
      if (!res.writableFinished) abort.abort();
    });
    Promise.resolve()
      .then(() => handler(toRequest(req, abort.signal)))
      .then((response) => send(response, res))
      // A body that breaks off half sent cannot be made good: the client must see that it broke.
      .catch(() => res.destroy());
  };
}
