import { EngineError } from '../../engine/ground/errors.ts';
import type { StoredRecord } from '../../engine/record/record.ts';
import type { Comparison, FieldPath, SelectItem, SoqlCondition, SoqlQuery, TypeOf } from '../parse/ast.ts';
import type { CatalogObject } from '../resolve/catalog.ts';
import { createPathValue, parentOf } from '../resolve/path-value.ts';
import { noteParent, type PathScope, type ResolvedPath, resolvePath } from '../resolve/resolve-path.ts';
import { soqlError } from '../soql-error.ts';
import { typeOf } from './compile-function.ts';
import { formatValue } from './format-value.ts';
import { RowShape, restDate } from './row-shape.ts';
import type { RunContext } from './run-context.ts';

export const UNBOUNDED_MAX = 200;
export const FIELDS_NEED_LIMIT = `The SOQL FIELDS function must have a LIMIT of at most ${UNBOUNDED_MAX}`;

function duplicate(scope: PathScope, name: string, at: number): EngineError {
  return soqlError('INVALID_FIELD', scope.text, at, `duplicate field selected: ${name}`, [name]);
}

function isIdComparison({ left, operator, right }: Comparison, idField: string): boolean {
  if (left.kind !== 'path' || left.names.length !== 1 || left.names[0]?.toLowerCase() !== idField) return false;
  if (operator !== 'IN') return operator === '=';
  return right.kind === 'bind' || (right.kind === 'list' && right.items.length <= UNBOUNDED_MAX);
}

function namesFewIds(condition: SoqlCondition | undefined, idField: string): boolean {
  if (condition === undefined) return false;
  if (condition.kind === 'comparison') return isIdComparison(condition, idField);
  return condition.kind === 'and' && condition.parts.some((part) => namesFewIds(part, idField));
}

/** FIELDS() in place of names (SOQL and SOSL Reference, "FIELDS()"). */
function addFields(
  shape: RowShape,
  scope: PathScope,
  item: Extract<SelectItem, { kind: 'fields' }>,
  query: SoqlQuery,
): void {
  const { limit } = query;
  const { id } = scope.object.reader.entity.definition.roles;
  const isBounded =
    limit?.kind === 'bind' ||
    (limit?.kind === 'number' && limit.value <= UNBOUNDED_MAX) ||
    namesFewIds(query.where, id.toLowerCase());
  if (item.which !== 'STANDARD' && !isBounded)
    throw soqlError('MALFORMED_QUERY', scope.text, item.at, FIELDS_NEED_LIMIT);
  const { fields } = scope.object.reader.entity.definition;
  const chosen = fields.filter(
    ({ name }) => item.which === 'ALL' || name.endsWith('__c') === (item.which === 'CUSTOM'),
  );
  if (chosen.length === 0)
    throw soqlError(
      'MALFORMED_QUERY',
      scope.text,
      item.at,
      `'FIELDS(${item.which})' expansion function must result in at least one field being selected.`,
    );
  for (const { name } of chosen) {
    const path = resolvePath(scope, { kind: 'path', names: [name], at: item.at });
    if (shape.addPath(path)) throw duplicate(scope, name, item.at);
  }
}

function addExpression(shape: RowShape, scope: PathScope, item: Extract<SelectItem, { kind: 'expression' }>): void {
  const { expression, alias, at } = item;
  const { text } = scope;
  if (expression.kind === 'path') {
    if (alias !== undefined)
      throw soqlError('MALFORMED_QUERY', text, at, 'only aggregate expressions use field aliasing');
    const name = expression.names.join('.').slice(0, 80);
    if (shape.addPath(resolvePath(scope, expression))) throw duplicate(scope, name, at);
    return;
  }
  const { argument, name } = expression;
  if ((name !== 'TOLABEL' && name !== 'FORMAT') || argument?.kind !== 'path')
    throw soqlError('MALFORMED_QUERY', text, at, `Field must be grouped or aggregated: ${name}`);
  const path = resolvePath(scope, argument);
  const column = alias ?? (argument.names[argument.names.length - 1] as string);
  const readPath = createPathValue(path);
  if (shape.has(column) || column in Object.prototype) throw duplicate(scope, column, at);
  const type = typeOf(path);
  if (['object', 'list', 'map', 'anyType'].includes(type))
    throw soqlError('INVALID_FIELD', text, argument.at, `${name} does not apply to field '${column.slice(0, 80)}'`, [
      column,
    ]);
  // Labels are those of the definition, where values and labels are one.
  if (name === 'TOLABEL')
    shape.addValue(column, (record, run, form) => {
      const value = readPath(record, run);
      return type === 'dateTime' && form.restVersion !== undefined ? restDate(value) : value;
    });
  else shape.addValue(column, (record, run) => formatValue(readPath(record, run), type, run.timeZone));
}

function addTypeOf(shape: RowShape, scope: PathScope, item: TypeOf): void {
  const { text, object, catalog } = scope;
  const [first = ''] = item.relationship.names;
  const reference = object.relationship(first);
  const targets = reference?.referenceTo ?? [];
  if (reference === undefined || item.relationship.names.length > 1 || targets.length < 2)
    throw soqlError(
      'MALFORMED_QUERY',
      text,
      item.relationship.at,
      `TYPEOF takes a polymorphic relationship: ${first.slice(0, 80)}`,
    );
  const relationship = reference.relationshipName as string;
  if (shape.has(relationship)) throw duplicate(scope, relationship, item.at);
  const objects = targets.flatMap((name) => catalog.object(name) ?? []);
  const parents = objects.map((parent) => {
    noteParent(scope.reads, object, reference, parent);
    const { name } = parent.reader.entity.definition;
    const when = item.when.find((branch) => branch.object.toLowerCase() === name.toLowerCase());
    if (when !== undefined) return { object: parent, shape: shapeOf(scope, parent, when.fields) };
    // What no branch is about, and no ELSE, is as if it were not there.
    return { object: parent, shape: item.otherwise.length === 0 ? undefined : elseShape(scope, parent, objects, item) };
  });
  const seen = new Set<string>();
  for (const { object: name, at } of item.when) {
    if (seen.has(name.toLowerCase()))
      throw soqlError('MALFORMED_QUERY', text, at, `${name.slice(0, 80)} has two branches`);
    seen.add(name.toLowerCase());
    if (!targets.some((target) => target.toLowerCase() === name.toLowerCase()))
      throw soqlError('MALFORMED_QUERY', text, at, `${relationship} does not point to ${name.slice(0, 80)}`);
  }
  shape.addValue(relationship, (record: StoredRecord, run: RunContext, form) => {
    const found = parentOf(parents, record[reference.name], run);
    return found?.parent.shape?.makeRow(found.record, run, form) ?? null;
  });
}

/** Where the fields of a TYPEOF's branch are looked up. */
function branchScope(scope: PathScope, object: CatalogObject): PathScope {
  return { ...scope, object, aliases: new Map() };
}

function shapeOf(scope: PathScope, object: CatalogObject, paths: TypeOf['otherwise']): RowShape {
  const shape = new RowShape(object);
  for (const path of paths) shape.addPath(resolvePath(branchScope(scope, object), path));
  return shape;
}

/** ELSE names fields that any of the objects has; of one that has no such field it is null. */
function elseShape(
  scope: PathScope,
  object: CatalogObject,
  others: readonly CatalogObject[],
  { otherwise }: TypeOf,
): RowShape {
  const shape = new RowShape(object);
  for (const path of otherwise) {
    // Its fields are those of Name, whose Type is the name of the object.
    if (path.names.length === 1 && path.names[0]?.toLowerCase() === 'type') {
      shape.addPath({ kind: 'type', name: object.reader.entity.definition.name });
      continue;
    }
    const own = tryResolve(branchScope(scope, object), path);
    if (own instanceof EngineError) {
      const theirs = others.map((other) => tryResolve(branchScope(scope, other), path));
      const first = theirs.find((each) => !(each instanceof EngineError)) as ResolvedPath | undefined;
      if (first === undefined) throw own;
      const name = first.kind === 'own' ? first.target.field.name : first.kind === 'type' ? 'Type' : first.relationship;
      if (!shape.has(name)) shape.addValue(name, () => null);
    } else shape.addPath(own);
  }
  return shape;
}

function tryResolve(scope: PathScope, path: FieldPath): ResolvedPath | EngineError {
  try {
    return resolvePath(scope, path);
  } catch (error) {
    if (error instanceof EngineError) return error;
    throw error;
  }
}

/** Adds the rows of a child query to a shape; handed in, as queries hold selects and a select holds queries. */
export type AddChildren = (shape: RowShape, query: SoqlQuery) => void;

/** What a row of a find holds. Throws `INVALID_FIELD` or `MALFORMED_QUERY` with the place. */
export function compileSelect(scope: PathScope, query: SoqlQuery, addChildren: AddChildren): RowShape {
  const shape = new RowShape(scope.object);
  for (const item of query.select) {
    if (item.kind === 'fields') addFields(shape, scope, item, query);
    else if (item.kind === 'expression') addExpression(shape, scope, item);
    else if (item.kind === 'typeof') addTypeOf(shape, scope, item);
    else addChildren(shape, item.query);
  }
  return shape;
}
