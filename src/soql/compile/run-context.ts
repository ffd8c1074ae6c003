import type { Calendar } from '../dates/calendar.ts';
import type { Bind } from '../parse/ast.ts';
import { soqlError } from '../soql-error.ts';

/** What a compiled query is run with: whatever may differ from one run to the next. */
export interface RunContext {
  readonly nowMs: number;
  readonly calendar: Calendar;
  /** The zone by name, for FORMAT. */
  readonly timeZone: string;
  /** Values for `:name`, by name. */
  readonly binds: Readonly<Record<string, unknown>>;
}

/** The value of a bind. Throws `MALFORMED_QUERY` in Salesforce's words when none is given. */
export function valueOfBind({ binds }: RunContext, bind: Bind, text: string): unknown {
  const value = Object.hasOwn(binds, bind.name) ? binds[bind.name] : undefined;
  if (value === undefined)
    throw soqlError('MALFORMED_QUERY', text, bind.at, 'Bind variables only allowed in Apex code');
  return value;
}
