import { describeError } from './describe-error.ts';
import { OutputClosed } from './output.ts';
import { runStatement } from './run-statement.ts';
import { type Session, showNews } from './session.ts';
import type { Statement } from './split-statements.ts';

const TICK_MS = 100;

export interface Batch {
  readonly session: Session;
  readonly statements: AsyncIterable<Statement>;
  /** How long to go on showing live queries afterwards. */
  readonly seconds: number;
  readonly wait: (ms: number) => Promise<void>;
  readonly writeError: (text: string) => Promise<void>;
}

async function stayOpen({ session, seconds, wait }: Batch): Promise<void> {
  const endMs = session.elapsed() + seconds * 1000;
  for (let leftMs = seconds * 1000; leftMs > 0; leftMs = endMs - session.elapsed()) {
    await wait(Math.min(leftMs, TICK_MS));
    await showNews(session);
  }
}

/** Runs statements one after the other until one fails. Returns whether none did. */
export async function runBatch(batch: Batch): Promise<boolean> {
  const { session, statements, writeError } = batch;
  for await (const statement of statements) {
    try {
      if (!(await runStatement(session, statement))) return true;
      await showNews(session);
    } catch (error) {
      const text = describeError(error);
      if (text === undefined || error instanceof OutputClosed) throw error;
      await writeError(`${text}\n`);
      return false;
    }
  }
  await stayOpen(batch);
  return true;
}
