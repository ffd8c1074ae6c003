/** What `sojourn/soql` exports: SOQL as text with values, and as a tree. */

import { createError } from '../engine/ground/errors.ts';

export type {
  Bind,
  Comparison,
  Expression,
  FieldPath,
  FunctionCall,
  GroupBy,
  Literal,
  Operand,
  Operator,
  OrderItem,
  RowCount,
  SelectItem,
  SoqlCondition,
  SoqlQuery,
  TypeOf,
} from './parse/ast.ts';
export { parseSoql } from './parse/parse-soql.ts';

/** A query with its values kept apart from its text: what `` soql`...` `` gives and `db.query` takes. */
export interface SoqlText {
  readonly soql: string;
  readonly binds: Readonly<Record<string, unknown>>;
}

/** The values that a bind can have: of a list, each of its elements. */
export type BindValue = string | number | boolean | null | Date | readonly (string | number | boolean | null | Date)[];

/** Whether a text ends within a string, or within the braces of FIND. */
function isQuoted(text: string): boolean {
  let closing = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (closing === '' && character === '/' && (text[i + 1] === '*' || text[i + 1] === '/')) {
      const end = text.indexOf(text[i + 1] === '*' ? '*/' : '\n', i + 2);
      if (end < 0) return false;
      i = end;
    } else if (character === '\\') i++;
    else if (closing !== '') closing = character === closing ? '' : closing;
    else if (character === "'") closing = "'";
    else if (character === '{') closing = '}';
  }
  return closing !== '';
}

/**
 * `` soql`SELECT Id FROM LiveAgentSession WHERE AgentId = ${id}` ``: the values never become text, so nothing in them is
 * read as a query and nothing needs escaping. A value stands where a literal could, in IN where a list could, and as the
 * number of LIMIT or OFFSET. In LIKE it is a pattern; behind FIND it is what is searched for, as people type it.
 */
export function soql(pieces: TemplateStringsArray, ...values: readonly BindValue[]): SoqlText {
  const binds: Record<string, unknown> = {};
  // As they are written: what JavaScript makes of a backslash is not what SOQL makes of it.
  const { raw } = pieces;
  let text = raw[0] ?? '';
  values.forEach((value, place) => {
    if (value === undefined) throw createError('MALFORMED_QUERY', `value ${place + 1} of the query is undefined`);
    if (isQuoted(text))
      throw createError('MALFORMED_QUERY', `value ${place + 1} stands within quotes or braces, where it is no value`);
    // A number is no name that a text can give a bind of its own by accident.
    binds[`${place}`] = value;
    text += `:${place}${raw[place + 1] ?? ''}`;
  });
  return { soql: text, binds };
}
