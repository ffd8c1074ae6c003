import type { FieldDefinition } from '../../engine/definition/define-object.ts';
import { EngineError } from '../../engine/ground/errors.ts';
import { noSuchColumnText, noSuchRelationshipText } from '../../engine/ground/name-texts.ts';
import type { Join } from '../../engine/live/joins.ts';
import { resolveTarget } from '../../engine/query/check-where.ts';
import type { Target } from '../../engine/query/condition.ts';
import type { FieldPath } from '../parse/ast.ts';
import { soqlError } from '../soql-error.ts';
import type { Catalog, CatalogObject } from './catalog.ts';

/** What a path of a query leads to. */
export type ResolvedPath =
  /** A field of the object itself, or a place nested in one. */
  | { readonly kind: 'own'; readonly target: Target }
  /** What lies beyond a reference, for each object that it may point to and that has it. */
  | ParentPath
  /** `Type` of a polymorphic parent: the name of its object. */
  | { readonly kind: 'type'; readonly name: string };

export interface ParentPath {
  readonly kind: 'parent';
  readonly relationship: string;
  readonly reference: FieldDefinition;
  readonly parents: readonly { readonly object: CatalogObject; readonly path: ResolvedPath }[];
  /** The objects that it may point to and that have no such field. */
  readonly lacking: readonly CatalogObject[];
  /** The name of what is asked of the parent. */
  readonly next: string;
}

/** What a query reads beside its own records; filled in as its names are looked up. */
export interface QueryReads {
  /** The objects whose records decide by more than being pointed to: of child queries and semi-joins. */
  readonly others: Set<string>;
  /** The references it looks along, by what they are called. */
  readonly joins: Map<string, Join>;
  /** How many semi-joins it has. */
  semiJoins: number;
}

export function createReads(): QueryReads {
  return { others: new Set(), joins: new Map(), semiJoins: 0 };
}

/** Notes that a query looks from an object along a reference to a parent, and at which field there; at any when left out. */
export function noteParent(
  reads: QueryReads,
  { reader }: CatalogObject,
  reference: FieldDefinition,
  parent: CatalogObject,
  field?: readonly string[],
): void {
  const { name } = parent.reader.entity.definition;
  const key = `${reader.entity.definition.name}.${reference.name} ${name}`;
  const known = reads.joins.get(key);
  const fields =
    field === undefined || (known !== undefined && known.fields === undefined)
      ? undefined
      : new Set([...(known?.fields ?? []), ...field]);
  reads.joins.set(key, { parent: name, child: reader, target: resolveTarget(reader.scope, reference.name), fields });
}

/** Notes that records of an object decide by more than being pointed to. */
export function noteOther(reads: QueryReads, { reader }: CatalogObject): void {
  reads.others.add(reader.entity.definition.name);
}

/** What paths of one query are looked up by. */
export interface PathScope {
  readonly text: string;
  readonly catalog: Catalog;
  readonly object: CatalogObject;
  /** Names that stand for the object itself, or for a path from it, in lower case. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly reads: QueryReads;
}

/** Five levels up (SOQL and SOSL Reference, "Understanding Relationship Query Limitations"). */
const LEVELS_MAX = 5;

export function noSuchColumn(scope: PathScope, object: CatalogObject, name: string, at: number): EngineError {
  const shown = name.slice(0, 80);
  return soqlError('INVALID_FIELD', scope.text, at, noSuchColumnText(shown, object.reader.entity.definition.name), [
    shown,
  ]);
}

function noSuchRelationship(scope: PathScope, name: string, at: number): EngineError {
  const shown = name.slice(0, 80);
  return soqlError('INVALID_FIELD', scope.text, at, noSuchRelationshipText(shown), [shown]);
}

/** A place nested in a field, its names spelt as the definition has them. */
function nestedTarget(object: CatalogObject, field: FieldDefinition, steps: readonly string[]): Target | undefined {
  try {
    return resolveTarget(object.reader.scope, [field.name, ...steps].join('.'));
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

/** A name as the first object that has it spells it. */
function spellingOf(parents: ParentPath['parents'], name: string): string {
  const object = parents[0]?.object;
  return object?.field(name)?.name ?? object?.relationship(name)?.relationshipName ?? name;
}

/** The field of an object that a path begins with. */
function fieldOf(path: ResolvedPath): readonly string[] {
  if (path.kind === 'own') return [path.target.field.name];
  return path.kind === 'parent' ? [path.reference.name] : [];
}

function followReference(
  scope: PathScope,
  from: CatalogObject,
  reference: FieldDefinition,
  rest: readonly string[],
  at: number,
  level: number,
): ResolvedPath {
  const relationship = reference.relationshipName as string;
  if (level >= LEVELS_MAX)
    throw soqlError('MALFORMED_QUERY', scope.text, at, `a path goes up at most ${LEVELS_MAX} relationships`);
  const names = reference.referenceTo ?? [];
  const objects = names.flatMap((name) => scope.catalog.object(name) ?? []);
  for (const object of objects) noteParent(scope.reads, from, reference, object, []);
  const first = objects[0];
  // The parents are not in this database: nothing is known of them but that they are not here.
  if (first === undefined) throw noSuchRelationship(scope, relationship, at);
  const parents: { object: CatalogObject; path: ResolvedPath }[] = [];
  const lacking: CatalogObject[] = [];
  let failure: unknown;
  for (const object of objects) {
    const isType = names.length > 1 && rest.length === 1 && rest[0]?.toLowerCase() === 'type';
    try {
      const path: ResolvedPath = isType
        ? { kind: 'type', name: object.reader.entity.definition.name }
        : resolveNames(scope, object, rest, at, level + 1);
      noteParent(scope.reads, from, reference, object, fieldOf(path));
      parents.push({ object, path });
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      failure ??= error;
      lacking.push(object);
    }
  }
  if (parents.length === 0) throw failure;
  const [next = ''] = rest;
  return { kind: 'parent', relationship, reference, parents, lacking, next: spellingOf(parents, next) };
}

function resolveNames(
  scope: PathScope,
  object: CatalogObject,
  names: readonly string[],
  at: number,
  level: number,
): ResolvedPath {
  const [first = '', ...rest] = names;
  // What every object inherits is nobody's field.
  const inherited = names.find((name) => name in Object.prototype);
  if (inherited !== undefined) throw noSuchColumn(scope, object, inherited, at);
  const field = object.field(first);
  if (rest.length === 0) {
    if (field === undefined) throw noSuchColumn(scope, object, first, at);
    return { kind: 'own', target: resolveTarget(object.reader.scope, field.name) };
  }
  const reference = object.relationship(first);
  if (reference !== undefined) return followReference(scope, object, reference, rest, at, level);
  const target = field === undefined ? undefined : nestedTarget(object, field, rest);
  if (target !== undefined) return { kind: 'own', target };
  if (field !== undefined && (field.type === 'object' || field.type === 'map'))
    throw noSuchColumn(scope, object, names.join('.'), at);
  throw noSuchRelationship(scope, first, at);
}

/** Looks up the relationships that FROM gives other names. Throws `INVALID_FIELD` for one that there is not. */
export function checkRelations(scope: PathScope, relations: readonly { readonly path: FieldPath }[]): void {
  for (const { path } of relations) {
    const [first = '', ...rest] = path.names;
    const start = scope.aliases.get(first.toLowerCase());
    let objects: readonly CatalogObject[] = [scope.object];
    for (const name of start === undefined ? path.names : [...start, ...rest]) {
      const ways = objects.flatMap((object) => object.relationship(name) ?? []);
      if (ways.length === 0) throw noSuchRelationship(scope, name, path.at);
      objects = ways.flatMap(({ referenceTo }) =>
        (referenceTo ?? []).flatMap((each) => scope.catalog.object(each) ?? []),
      );
    }
  }
}

/** Looks up a path. Throws `INVALID_FIELD` with its place. */
export function resolvePath(scope: PathScope, path: FieldPath): ResolvedPath {
  const [first = '', ...rest] = path.names;
  const alias = rest.length > 0 ? scope.aliases.get(first.toLowerCase()) : undefined;
  const names = alias === undefined ? path.names : [...alias, ...rest];
  return resolveNames(scope, scope.object, names, path.at, 0);
}
