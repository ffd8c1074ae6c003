import { must } from '../ground/assert.ts';
import type { FieldDefinition, ObjectDefinition } from './define-object.ts';
import type { LayoutSectionSpec } from './definition.ts';
import { type ChildRelationship, describeObject, type FieldDescription, type PicklistEntry } from './describe.ts';

/** describeLayout (SOAP API Developer Guide, DescribeLayoutResult and its parts), as plain data. */

export interface LayoutComponent {
  readonly type: 'Field';
  /** The field. */
  readonly value: string;
  readonly displayLines: number;
  /** The place in the order of the tab key, from 1. */
  readonly tabOrder: number;
  readonly details: FieldDescription;
}

export interface LayoutItem {
  readonly label: string;
  readonly required: boolean;
  readonly editableForNew: boolean;
  readonly editableForUpdate: boolean;
  /** Whether the place is left empty. */
  readonly placeholder: boolean;
  readonly layoutComponents: readonly LayoutComponent[];
}

export interface LayoutSection {
  readonly heading: string;
  readonly columns: number;
  readonly rows: number;
  readonly useCollapsibleSection: boolean;
  readonly useHeading: boolean;
  readonly layoutRows: readonly { readonly numItems: number; readonly layoutItems: readonly LayoutItem[] }[];
}

export interface RelatedList {
  /** The relationship, as SOQL names it. */
  readonly name: string;
  readonly sobject: string;
  readonly field: string;
}

/** Which layout records of a record type have; there is one type, and so one. */
export interface RecordTypeMapping {
  readonly active: true;
  readonly available: true;
  readonly defaultRecordTypeMapping: true;
  readonly layoutId: null;
  readonly master: true;
  readonly name: 'Master';
  /** The id that stands for the master record type in every org. */
  readonly recordTypeId: '012000000000000AAA';
  readonly picklistsForRecordType: readonly {
    readonly picklistName: string;
    readonly picklistValues: readonly PicklistEntry[];
  }[];
}

export interface LayoutDescription {
  readonly layouts: readonly [
    {
      /** Null: there is one layout, and it has no record of its own. */
      readonly id: null;
      readonly detailLayoutSections: readonly LayoutSection[];
      readonly editLayoutSections: readonly LayoutSection[];
      readonly relatedLists: readonly RelatedList[];
      /** What can be done with a record is for the page to say: no buttons and actions are laid out. */
      readonly buttonLayoutSection: { readonly detailButtons: readonly [] };
      readonly quickActionList: { readonly quickActionListItems: readonly [] };
    },
  ];
  readonly recordTypeMappings: readonly [RecordTypeMapping];
  readonly recordTypeSelectorRequired: readonly [false];
}

const TEXTAREA_LINES = 6;

/** What the author wrote first, then what the engine keeps of every record; ids, nested values and the bin's flag aside. */
function defaultSections(definition: ObjectDefinition): readonly LayoutSectionSpec[] {
  const { roles } = definition;
  const aside = new Set([roles.id, roles.deleted, roles.stamp]);
  const shown = definition.fields.filter(
    ({ name, type }) => !aside.has(name) && !['object', 'list', 'map', 'anyType'].includes(type),
  );
  const audit = new Set([roles.created, roles.createdBy, roles.modified, roles.modifiedBy]);
  const names = (isAudit: boolean) => shown.filter(({ name }) => audit.has(name) === isAudit).map(({ name }) => name);
  const sections = [
    { heading: `${definition.label} Information`, fields: names(false) },
    { heading: 'System Information', fields: names(true) },
  ];
  return sections.filter(({ fields }) => fields.length > 0);
}

function createItem(field: FieldDefinition, details: FieldDescription, tabOrder: number): LayoutItem {
  const displayLines = field.type === 'textarea' ? TEXTAREA_LINES : 1;
  return {
    label: field.label,
    required: field.createable && !field.nillable && !field.defaultedOnCreate && field.type !== 'boolean',
    editableForNew: field.createable,
    editableForUpdate: field.updateable,
    placeholder: false,
    layoutComponents: [{ type: 'Field', value: field.name, displayLines, tabOrder, details }],
  };
}

const EMPTY_ITEM: LayoutItem = {
  label: '',
  required: false,
  editableForNew: false,
  editableForUpdate: false,
  placeholder: true,
  layoutComponents: [],
};

/** Lays fields out row by row, in so many columns; the last row is filled up with empty places. */
function createSection(section: LayoutSectionSpec, itemOf: (name: string) => LayoutItem): LayoutSection {
  const columns = section.columns ?? 2;
  const items = section.fields.map(itemOf);
  const rows = Math.ceil(items.length / columns);
  const layoutRows = Array.from({ length: rows }, (_, row) => {
    const layoutItems = Array.from({ length: columns }, (__, column) => items[row * columns + column] ?? EMPTY_ITEM);
    return { numItems: columns, layoutItems };
  });
  return { heading: section.heading, columns, rows, useCollapsibleSection: false, useHeading: true, layoutRows };
}

function relatedList({ childSObject, field, relationshipName }: ChildRelationship): RelatedList[] {
  return relationshipName === null ? [] : [{ name: relationshipName, sobject: childSObject, field }];
}

function masterType(fields: readonly FieldDescription[]): RecordTypeMapping {
  const picklists = fields.filter(({ picklistValues }) => picklistValues.length > 0);
  return {
    active: true,
    available: true,
    defaultRecordTypeMapping: true,
    layoutId: null,
    master: true,
    name: 'Master',
    recordTypeId: '012000000000000AAA',
    picklistsForRecordType: picklists.map(({ name, picklistValues }) => ({ picklistName: name, picklistValues })),
  };
}

/** The layout of an object: the one its definition gives, or one derived from its fields. */
export function describeLayout(
  definition: ObjectDefinition,
  all: readonly ObjectDefinition[],
  version: string,
): LayoutDescription {
  const { fields, childRelationships } = describeObject(definition, all, version);
  let tabOrder = 0;
  const itemOf = (name: string) => {
    const field = must(definition.fieldsByName.get(name), 'a layout names fields of its object');
    const details = must(
      fields.find((each) => each.name === name),
      'every field is described',
    );
    tabOrder++;
    return createItem(field, details, tabOrder);
  };
  const sections = definition.spec.layout?.sections ?? defaultSections(definition);
  const detailLayoutSections = sections.map((section) => createSection(section, itemOf));
  tabOrder = 0;
  // One edits what can be written; the rest of a layout is to be read.
  const isEditable = (name: string) => {
    const field = definition.fieldsByName.get(name);
    return field?.createable === true || field?.updateable === true;
  };
  const editLayoutSections = sections
    .map((section) => ({ ...section, fields: section.fields.filter(isEditable) }))
    .filter((section) => section.fields.length > 0)
    .map((section) => createSection(section, itemOf));
  const relatedLists = childRelationships.flatMap(relatedList);
  return {
    layouts: [
      {
        id: null,
        detailLayoutSections,
        editLayoutSections,
        relatedLists,
        buttonLayoutSection: { detailButtons: [] },
        quickActionList: { quickActionListItems: [] },
      },
    ],
    recordTypeMappings: [masterType(fields)],
    recordTypeSelectorRequired: [false],
  };
}
