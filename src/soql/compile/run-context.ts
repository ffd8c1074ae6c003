import type { Calendar } from '../dates/calendar.ts';
import type { Bind, Literal, Operand } from '../parse/ast.ts';
import { soqlError } from '../soql-error.ts';

/** What a compiled query is run with: whatever may differ from one run to the next. */
export interface RunContext {
  readonly nowMs: number;
  readonly calendar: Calendar;
  /** The zone by name, for FORMAT. */
  readonly timeZone: string;
  /** Whether records in the recycle bin are seen too, the asked object's and all others'. */
  readonly deleted: boolean;
  /**
   * Whether conditions are to hold from then on, as live queries need it: what is asked of a parent is asked of the parent
   * that a record has at the time, and not of ids gathered when the condition was built.
   */
  readonly live: boolean;
  /** Values for `:name`, by name. */
  readonly binds: Readonly<Record<string, unknown>>;
}

/** Rows other than those that LIMIT and OFFSET name. */
export interface RowWindow {
  readonly limit: number;
  readonly offset: number;
}

/** The value of a bind. Throws `MALFORMED_QUERY` in Salesforce's words when none is given. */
export function valueOfBind({ binds }: RunContext, bind: Bind, text: string): unknown {
  const value = Object.hasOwn(binds, bind.name) ? binds[bind.name] : undefined;
  if (value === undefined) {
    // Salesforce's words where no values are given at all, as its API takes none.
    const isGiven = Object.keys(binds).length > 0;
    const words = isGiven ? `no value is given for :${bind.name}` : 'Bind variables only allowed in Apex code';
    throw soqlError('MALFORMED_QUERY', text, bind.at, words);
  }
  return value;
}

/** One thing that something is compared with: a literal of the text, or a value given for a bind. */
export type Given = Literal | { readonly kind: 'value'; readonly value: unknown };

/** What a comparison is made with in one run: a bind may stand for one value, or in IN for a list of them. */
export function givenOf(run: RunContext, operand: Operand, isList: boolean, text: string): readonly Given[] {
  const items = operand.kind === 'list' ? operand.items : [operand as Literal | Bind];
  return items.flatMap((item): readonly Given[] => {
    if (item.kind !== 'bind') return [item];
    const value = valueOfBind(run, item, text);
    const values = value instanceof Set ? [...value] : Array.isArray(value) ? value : undefined;
    if (isList && operand.kind === 'bind' && values === undefined)
      throw soqlError('MALFORMED_QUERY', text, item.at, `the bind '${item.name}' of IN is a list`);
    return isList && values !== undefined
      ? values.map((each) => ({ kind: 'value', value: each }))
      : [{ kind: 'value', value }];
  });
}

/** Whether a given value is null, or of a boolean not true: what is not there is false (reference, "null"). */
export function isNullGiven(given: Given, isBoolean: boolean): boolean {
  if (given.kind === 'null') return true;
  if (given.kind !== 'value' && given.kind !== 'boolean' && given.kind !== 'string') return false;
  return given.value === null || given.value === '' || (isBoolean && given.value === false);
}
