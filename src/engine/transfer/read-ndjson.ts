import { isBlankLine, type Line, LineSplitter } from './line-splitter.ts';
import { toRecordRow } from './record-row.ts';
import type { ReadContext, RowReader, SourceRow } from './source-row.ts';

function readLine({ line, text }: Line, context: ReadContext): SourceRow | undefined {
  if (text === undefined) return { line, problem: `longer than ${context.lineLengthMax} characters` };
  if (isBlankLine(text)) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { line, problem: 'not valid JSON' };
  }
  return toRecordRow(line, parsed, context);
}

function* readLines(lines: Iterable<Line>, context: ReadContext): Generator<SourceRow> {
  for (const line of lines) {
    const row = readLine(line, context);
    if (row !== undefined) yield row;
  }
}

/** Reads one JSON record a line (ndjson.org). A line that is none is a problem of its own; the others are read. */
export function createNdjsonReader(context: ReadContext): RowReader {
  const splitter = new LineSplitter(context.lineLengthMax);
  return {
    push: (text) => readLines(splitter.push(text), context),
    end: () => readLines(splitter.end(), context),
  };
}
