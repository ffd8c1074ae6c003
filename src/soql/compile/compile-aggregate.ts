import { type AggregatePlan, createRowScope } from '../../engine/query/check-aggregate.ts';
import { checkWhere, type QueryScope, resolveTarget } from '../../engine/query/check-where.ts';
import type { Condition } from '../../engine/query/condition.ts';
import { checkOrder, type OrderStep } from '../../engine/query/order.ts';
import { arrangeRows } from '../../engine/query/run-aggregate.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type {
  Comparison,
  Expression,
  FunctionCall,
  Literal,
  Operator,
  SoqlCondition,
  SoqlQuery,
} from '../parse/ast.ts';
import type { PathScope } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import {
  type CompiledGroup,
  type CompiledOutput,
  compileGroup,
  compileOutput,
  isAggregateCall,
} from './aggregate-columns.ts';
import { compileFilter, offsetOf, rowCount } from './compile-find.ts';
import { checkLiteral, operatorsFor, placed } from './compile-operand.ts';
import { expressionKey } from './expression-key.ts';
import { formatValue } from './format-value.ts';
import { groupingName, groupingSets, groupRecords } from './group-records.ts';
import { type Row, type RowForm, restDate } from './row-shape.ts';
import { givenOf, type RowWindow, type RunContext } from './run-context.ts';

const SUBTOTAL_FIELDS_MAX = 3;

/** A query that computes rows, ready to run. */
export interface CompiledAggregate {
  readonly kind: 'aggregate';
  readonly scope: PathScope;
  readonly query: SoqlQuery;
  /** Which records are computed from. */
  filter(run: RunContext): Condition | undefined;
  rows(run: RunContext, form: RowForm, window?: RowWindow): Row[];
  /** The whole query as the engine's, where its columns can compute it; its rows are shown by `show`. */
  plan(run: RunContext): AggregatePlan | undefined;
  show(row: StoredRecord, run: RunContext, form: RowForm): Row;
}

/** One column of the result. */
interface Column {
  readonly name: string;
  /** What it is called in computed rows. */
  readonly key: string;
  readonly type: string;
  /** Whether it is shown as people write it: FORMAT. */
  readonly formatted: boolean;
}

const NUMBER = { type: 'double' } as const;
const NO_ALIASES: ReadonlyMap<string, readonly string[]> = new Map();

/** The columns of one aggregate query, found as its clauses name them. */
class Columns {
  readonly scope: PathScope;
  readonly groups: readonly CompiledGroup[];
  readonly outputs = new Map<string, CompiledOutput>();
  /** What SELECT gives another name, by that name in lower case. */
  readonly aliases = new Map<string, string>();
  readonly hasSubtotals: boolean;

  constructor(scope: PathScope, groups: readonly CompiledGroup[], hasSubtotals: boolean) {
    this.scope = scope;
    this.groups = groups;
    this.hasSubtotals = hasSubtotals;
  }

  groupAt(expression: Expression): number {
    const key = expressionKey(expression, this.scope.aliases);
    return this.groups.findIndex(({ name }) => name === key);
  }

  /** The name in computed rows of what an expression means. Throws `MALFORMED_QUERY`: neither grouped nor computed. */
  nameOf(expression: Expression, ordered: boolean): string {
    if (expression.kind === 'call' && isAggregateCall(expression)) return this.output(expression);
    if (expression.kind === 'call' && expression.name === 'GROUPING') return this.#grouping(expression);
    const at = this.groupAt(expression);
    const group = this.groups[at];
    if (group !== undefined) return columnName(group);
    const alias = expression.kind === 'path' ? this.aliases.get(expressionKey(expression, NO_ALIASES)) : undefined;
    if (alias !== undefined) return alias;
    const shown = expression.kind === 'path' ? expression.names.join('.').slice(0, 80) : expression.name;
    const word = ordered ? 'Ordered field' : 'Field';
    throw soqlError(
      'MALFORMED_QUERY',
      this.scope.text,
      expression.at,
      `${word} must be grouped or aggregated: ${shown}`,
    );
  }

  #grouping({ argument, at }: FunctionCall): string {
    const group = argument === undefined ? undefined : this.groups[this.groupAt(argument)];
    if (group === undefined || !this.hasSubtotals)
      throw soqlError('MALFORMED_QUERY', this.scope.text, at, 'GROUPING takes a field of ROLLUP or CUBE');
    return groupingName(columnName(group));
  }

  output(call: FunctionCall): string {
    const key = expressionKey(call, this.scope.aliases);
    if (!this.outputs.has(key)) this.outputs.set(key, compileOutput(this.scope, call));
    return key;
  }

  /** The type of a column of computed rows. */
  typeOf(name: string): string | undefined {
    const group = this.groups.find((each) => columnName(each) === name);
    return (group ?? this.outputs.get(name))?.column.spec.type;
  }

  /** The computed rows as an object of its own, by whose fields they are filtered and ordered. */
  rowScope(): QueryScope {
    const columns = [
      ...this.groups.map((group) => ({ ...group.column, name: columnName(group) })),
      ...[...this.outputs.values()].map(({ column }) => column),
      ...this.groups.map((group) => ({
        name: groupingName(columnName(group)),
        field: group.column.field,
        spec: NUMBER,
      })),
    ];
    return createRowScope(columns, this.scope.object.reader.scope);
  }
}

/** The name of a group in computed rows: the engine gives its own to what it groups by. */
function columnName({ name, target }: CompiledGroup): string {
  return target?.path ?? name;
}

/** What FORMAT shows, and toLabel: labels are those of the definition, where values and labels are one. */
export function unwrap(expression: Expression): { readonly expression: Expression; readonly formatted: boolean } {
  if (expression.kind === 'path' || expression.argument === undefined) return { expression, formatted: false };
  if (expression.name === 'FORMAT') return { expression: expression.argument, formatted: true };
  return { expression: expression.name === 'TOLABEL' ? expression.argument : expression, formatted: false };
}

function selectColumns(columns: Columns, query: SoqlQuery): readonly Column[] {
  let unnamed = 0;
  const selected = query.select.map((item): Column => {
    if (item.kind !== 'expression')
      throw soqlError(
        'MALFORMED_QUERY',
        columns.scope.text,
        item.at,
        'an aggregate query selects fields and aggregates',
      );
    const { alias } = item;
    const { expression, formatted } = unwrap(item.expression);
    const name = columns.nameOf(expression, false);
    // What FORMAT gives is for reading: its alias is no column to order or filter by.
    if (alias !== undefined && !formatted) columns.aliases.set(alias.toLowerCase(), name);
    const shown = isAggregateCall(expression) ? undefined : columns.groups[columns.groupAt(expression)]?.shown;
    const type = columns.typeOf(name) ?? 'double';
    return { name: alias ?? shown ?? `expr${unnamed++}`, key: name, type, formatted };
  });
  const names = new Set<string>();
  selected.forEach(({ name }, place) => {
    const { at } = query.select[place] as SoqlQuery['select'][number];
    if (names.has(name.toLowerCase()) || name in Object.prototype)
      throw soqlError('MALFORMED_QUERY', columns.scope.text, at, `duplicate alias: ${name.slice(0, 80)}`);
    names.add(name.toLowerCase());
  });
  return selected;
}

/** HAVING as the engine's conditions over the computed rows. */
function buildHaving(columns: Columns, rows: QueryScope, run: RunContext, condition: SoqlCondition): object {
  if (condition.kind === 'not') return { $not: buildHaving(columns, rows, run, condition.part) };
  if (condition.kind !== 'comparison') {
    const parts = condition.parts.map((part) => buildHaving(columns, rows, run, part));
    return condition.kind === 'and' ? { $and: parts } : { $or: parts };
  }
  return havingComparison(columns, rows, run, condition);
}

function havingComparison(columns: Columns, rows: QueryScope, run: RunContext, comparison: Comparison): object {
  const { left, operator, right, at } = comparison;
  const { text } = columns.scope;
  const name = columns.nameOf(left, false);
  const target = resolveTarget(rows, name);
  if (operator === 'INCLUDES' || operator === 'EXCLUDES' || right.kind === 'subquery')
    throw soqlError('MALFORMED_QUERY', text, at, 'HAVING takes no INCLUDES, EXCLUDES or semi join');
  const items = right.kind === 'list' ? right.items : [right];
  for (const item of items) if (item.kind !== 'bind') checkLiteral(text, target, item as Literal, at);
  const isList = operator === 'IN' || operator === 'NOT IN';
  const sign: Operator = isList ? '=' : operator;
  const parts = givenOf(run, right, isList, text).map((given) => ({ [name]: operatorsFor(run, target, sign, given) }));
  if (!isList) return parts[0] as object;
  return operator === 'IN' ? { $or: parts } : { $not: { $or: parts } };
}

/** Every aggregate that a condition names is computed, whether it is selected or not. */
function collect(columns: Columns, condition: SoqlCondition | undefined): void {
  if (condition === undefined) return;
  if (condition.kind === 'comparison') columns.nameOf(condition.left, false);
  else if (condition.kind === 'not') collect(columns, condition.part);
  else for (const part of condition.parts) collect(columns, part);
}

function checkClauses(scope: PathScope, query: SoqlQuery): void {
  const { groupBy } = query;
  if (query.forView || query.forReference || query.forUpdate)
    throw soqlError('MALFORMED_QUERY', scope.text, query.at, 'an aggregate query takes no FOR clause');
  if (groupBy === undefined && query.limit !== undefined)
    throw soqlError(
      'MALFORMED_QUERY',
      scope.text,
      query.limit.at,
      'Non-grouped query that uses overall aggregate functions cannot also use LIMIT',
    );
  if (groupBy !== undefined && groupBy.kind !== 'plain' && groupBy.items.length > SUBTOTAL_FIELDS_MAX)
    throw soqlError(
      'MALFORMED_QUERY',
      scope.text,
      groupBy.at,
      `ROLLUP and CUBE take at most ${SUBTOTAL_FIELDS_MAX} fields`,
    );
}

/** Whether the engine's columns can compute a query: no parent, no function, no subtotal. */
function isEngines(columns: Columns, query: SoqlQuery): boolean {
  return (
    (query.groupBy === undefined || query.groupBy.kind === 'plain') &&
    columns.groups.every(({ target }) => target !== undefined) &&
    [...columns.outputs.values()].every(({ output }) => output !== undefined)
  );
}

/** Compiles a query with aggregates or GROUP BY. Throws `INVALID_FIELD` or `MALFORMED_QUERY` with the place. */
export function compileAggregate(scope: PathScope, query: SoqlQuery): CompiledAggregate {
  checkClauses(scope, query);
  const { reader } = scope.object;
  const groups = (query.groupBy?.items ?? []).map((item) => compileGroup(scope, item));
  const columns = new Columns(scope, groups, query.groupBy !== undefined && query.groupBy.kind !== 'plain');
  const selected = selectColumns(columns, query);
  collect(columns, query.having);
  const ordered = query.orderBy.map(({ expression, descending, nulls }) => {
    const field = columns.nameOf(expression, true);
    const isReference = columns.typeOf(field) === 'reference';
    return { field, direction: descending ? 'desc' : 'asc', nulls: isReference ? 'first' : (nulls ?? 'first') };
  });
  const rowScope = columns.rowScope();
  const order: readonly OrderStep[] = placed(scope.text, query.at, () => checkOrder(rowScope, ordered));
  const filter = compileFilter(scope, query);
  const outputs = [...columns.outputs.values()];
  const sets = groupingSets(query.groupBy?.kind ?? 'plain', columns.groups.length);
  const fast = isEngines(columns, query);
  const groupBy = columns.groups.flatMap(({ target }) => target ?? []);
  const engineOutputs = outputs.flatMap(({ output }) => output ?? []);
  const allOf = (run: RunContext) => ({
    condition: filter(run),
    limit: Number.POSITIVE_INFINITY,
    offset: 0,
    order: [],
    having: undefined,
  });
  const computeSlowly = (run: RunContext): readonly StoredRecord[] => {
    const records = reader.records(reader.run({ ...allOf(run), live: true, deleted: run.deleted }));
    const named = columns.groups.map((group) => ({ ...group, name: columnName(group) }));
    return groupRecords(records, named, outputs, sets, run);
  };
  const havingOf = (run: RunContext): Condition | undefined => {
    const { having } = query;
    if (having === undefined) return undefined;
    return placed(scope.text, having.at, () => checkWhere(rowScope, buildHaving(columns, rowScope, run, having)));
  };
  const arrangementOf = (run: RunContext) => ({
    having: havingOf(run),
    order,
    limit: rowCount(run, query.limit, Number.POSITIVE_INFINITY, scope.text),
    offset: offsetOf(run, query, scope.text),
  });
  return {
    kind: 'aggregate',
    scope,
    query,
    filter,
    plan: (run) =>
      fast ? { ...arrangementOf(run), condition: filter(run), groupBy, outputs: engineOutputs } : undefined,
    show: (row, run, form) => shownRow(selected, row, run, form),
    rows: (run, form, window) => {
      const isFast = fast && !run.deleted;
      const computed = isFast
        ? reader.runAggregate({ ...allOf(run), groupBy, outputs: engineOutputs })
        : computeSlowly(run);
      return arrangeRows(computed, { ...arrangementOf(run), ...window }).map((row) =>
        shownRow(selected, row, run, form),
      );
    },
  };
}

function shownRow(columns: readonly Column[], computed: StoredRecord, run: RunContext, { restVersion }: RowForm): Row {
  const row: Row = restVersion === undefined ? {} : { attributes: { type: 'AggregateResult' } };
  for (let i = 0; i < columns.length; i++) {
    const { name, key, type, formatted } = columns[i] as Column;
    const value = computed[key];
    if (formatted) row[name] = formatValue(value, type, run.timeZone);
    else row[name] = type === 'dateTime' && restVersion !== undefined ? restDate(value) : value;
  }
  return row;
}
