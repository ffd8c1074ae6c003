/** How an answer is sent that is made while it is read. */
export interface StreamForm {
  readonly type: string;
  readonly gzip: boolean;
  /** Hears what making a piece failed with. */
  readonly hear: (error: unknown) => void;
}

/** An answer of pieces, each made when the one before has been taken; whoever stops reading ends them. */
export function streamResponse(first: string, pieces: AsyncGenerator<string, unknown>, form: StreamForm): Response {
  const encoder = new TextEncoder();
  let begun = false;
  const source = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!begun) {
        begun = true;
        controller.enqueue(encoder.encode(first));
        return;
      }
      // What fails here cuts the answer off, which its reader sees by the last line that is missing.
      try {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      } catch (error) {
        form.hear(error);
        throw error;
      }
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
  const headers: Record<string, string> = { 'content-type': form.type, 'cache-control': 'no-store' };
  if (!form.gzip) return new Response(source as never, { headers });
  const deflate = new CompressionStream('gzip') as unknown as {
    readonly writable: WritableStream<Uint8Array>;
    readonly readable: ReadableStream<Uint8Array>;
  };
  return new Response(source.pipeThrough(deflate) as never, {
    headers: { ...headers, 'content-encoding': 'gzip', vary: 'accept-encoding' },
  });
}
