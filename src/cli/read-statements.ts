import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Statement, StatementSplitter, splitStatements } from './split-statements.ts';

/** The statements of a stream, as they are complete. */
export async function* readStatements(input: Readable): AsyncGenerator<Statement> {
  const splitter = new StatementSplitter();
  let isFirst = true;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      yield* splitter.push(isFirst ? line.replace(/^\ufeff/, '') : line);
      isFirst = false;
    }
    const last = splitter.end();
    if (last !== undefined) yield last;
  } finally {
    // Whoever writes may not have ended yet, and would keep the process waiting for statements that nobody runs.
    input.destroy();
  }
}

/** The statements of texts, each of which ends what it begins. */
export async function* statementsOf(texts: readonly string[]): AsyncGenerator<Statement> {
  for (const text of texts) yield* splitStatements(text);
}
