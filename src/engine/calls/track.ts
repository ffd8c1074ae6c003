import type { FieldDefinition } from '../definition/define-object.ts';
import { isSameJson, type StoredRecord } from '../record/record.ts';
import type { Entity, Store } from '../store/store.ts';
import type { Unit } from '../store/unit.ts';
import type { WriteMoment } from '../write/record-writer.ts';

/** Longer values are tracked as changed, without the values (Salesforce security guide, field history tracking). */
const TRACKED_LENGTH_MAX = 255;

/** The words of History.DataType (Salesforce Field Reference); types it has no word for are left null. */
const DATA_TYPES: Partial<Record<FieldDefinition['type'], string>> = {
  string: 'Text',
  textarea: 'MultiLineText',
  url: 'Url',
  email: 'Email',
  phone: 'Phone',
  picklist: 'DynamicEnum',
  multipicklist: 'MultiEnum',
  reference: 'EntityId',
  dateTime: 'DateTime',
  date: 'DateOnly',
  boolean: 'Boolean',
  int: 'Double',
  double: 'Double',
};

function isShort(value: unknown): boolean {
  return typeof value !== 'string' || value.length <= TRACKED_LENGTH_MAX;
}

function historyRow(
  parentField: string,
  id: string,
  field: FieldDefinition,
  before: unknown,
  after: unknown,
): Record<string, unknown> {
  const short = isShort(before) && isShort(after) && !field.encrypted;
  return {
    [parentField]: id,
    Field: field.name,
    DataType: DATA_TYPES[field.type] ?? null,
    OldValue: short ? before : null,
    NewValue: short ? after : null,
  };
}

function changedFields(
  entity: Entity,
  names: readonly string[],
  before: StoredRecord,
  after: StoredRecord,
): FieldDefinition[] {
  return names
    .filter((name) => !isSameJson(before[name], after[name]))
    .map((name) => entity.definition.fieldsByName.get(name) as FieldDefinition);
}

/** Adds the history rows and the feed item of an update, in the unit of the update itself. */
export function trackUpdate(
  store: Store,
  unit: Unit,
  entity: Entity,
  before: StoredRecord,
  after: StoredRecord,
  moment: WriteMoment,
): void {
  const { history, feed } = entity.definition.spec;
  const id = after[entity.definition.roles.id] as string;
  const historyEntity = history === undefined ? undefined : store.find(history.object);
  if (history !== undefined && historyEntity !== undefined) {
    for (const field of changedFields(entity, history.fields, before, after)) {
      const row = historyRow(history.parentField, id, field, before[field.name], after[field.name]);
      unit.insert(historyEntity.table, historyEntity.writer.internal(row, moment));
    }
  }
  if (feed !== undefined && changedFields(entity, feed.fields, before, after).length > 0) {
    addFeedItem(store, unit, entity, id, 'TrackedChange', moment);
  }
}

export function trackCreate(store: Store, unit: Unit, entity: Entity, record: StoredRecord, moment: WriteMoment): void {
  if (entity.definition.spec.feed === undefined) return;
  addFeedItem(store, unit, entity, record[entity.definition.roles.id] as string, 'CreatedRecordEvent', moment);
}

function addFeedItem(store: Store, unit: Unit, entity: Entity, id: string, type: string, moment: WriteMoment): void {
  const { feed } = entity.definition.spec;
  const feedEntity = feed === undefined ? undefined : store.find(feed.object);
  if (feed === undefined || feedEntity === undefined) return;
  const item = {
    [feed.parentField]: id,
    Type: type,
    InsertedById: moment.user,
    CommentCount: 0,
    LikeCount: 0,
    IsRichText: false,
  };
  unit.insert(feedEntity.table, feedEntity.writer.internal(item, moment));
}

/** Whether an update by `input` can have changed a tracked field: it names one, or a rule may have set it. */
export function mayTouchTracked({ definition }: Entity, input: unknown): boolean {
  const { history, feed, onWrite } = definition.spec;
  if (history === undefined && feed === undefined) return false;
  return onWrite !== undefined || namesOneOf(input as object, history) || namesOneOf(input as object, feed);
}

function namesOneOf(input: object, tracking: { readonly fields: readonly string[] } | undefined): boolean {
  for (const name of tracking?.fields ?? []) if (Object.hasOwn(input, name)) return true;
  return false;
}

/** Whether each create of an object puts an item in its feed. */
export function isFed(store: Store, entity: Entity): boolean {
  const { feed } = entity.definition.spec;
  return feed !== undefined && store.find(feed.object) !== undefined;
}
