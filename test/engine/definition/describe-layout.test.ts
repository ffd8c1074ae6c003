import { describe, expect, test } from 'vitest';
import { salesforce } from '../../../src/collections/catalog.ts';
import { defineObject, type LayoutSection, openDatabase } from '../../../src/index.ts';
import { issuesOf } from '../../instruments/session-database.ts';

const fieldsOf = ({ layoutRows }: LayoutSection) =>
  layoutRows.map(({ layoutItems }) => layoutItems.map(({ layoutComponents }) => layoutComponents[0]?.value));

async function layoutOf(layout?: object) {
  const Visit = defineObject({
    name: 'Visit__c',
    label: 'Visit',
    fields: {
      Name: { type: 'string', properties: 'Create, Filter, Update' },
      Note__c: { type: 'textarea' },
      Number__c: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter' },
      Device__c: { type: 'object', fields: { name: { type: 'string' } } },
    },
    ...(layout && { layout }),
  } as never);
  const db = await openDatabase({ name: 'layout', objects: [Visit] as never });
  return (db as unknown as { Visit__c: { describeLayout(): never } }).Visit__c;
}

describe('a layout derived from a definition', () => {
  test('has the author’s fields in their order, then the system’s, in two columns', async () => {
    const { layouts } = (await layoutOf()).describeLayout() as { layouts: [{ detailLayoutSections: LayoutSection[] }] };
    const [information, system] = layouts[0].detailLayoutSections as [LayoutSection, LayoutSection];
    expect(information).toMatchObject({ heading: 'Visit Information', columns: 2, rows: 2, useHeading: true });
    expect(fieldsOf(information)).toEqual([
      ['Name', 'Note__c'],
      ['Number__c', undefined],
    ]);
    expect(fieldsOf(system)).toEqual([
      ['CreatedDate', 'CreatedById'],
      ['LastModifiedDate', 'LastModifiedById'],
    ]);
    const [name, note] = information.layoutRows[0]?.layoutItems ?? [];
    expect(name).toMatchObject({ label: 'Name', required: true, editableForNew: true, editableForUpdate: true });
    expect(note?.layoutComponents[0]).toMatchObject({ displayLines: 6, tabOrder: 2, details: { type: 'textarea' } });
    expect(information.layoutRows[1]?.layoutItems[1]).toMatchObject({ placeholder: true, layoutComponents: [] });
  });

  test('is edited in what can be written alone', async () => {
    const { layouts } = (await layoutOf()).describeLayout() as { layouts: [{ editLayoutSections: LayoutSection[] }] };
    expect(layouts[0].editLayoutSections.map(fieldsOf)).toEqual([[['Name', 'Note__c']]]);
  });
});

test('a layout is the one its definition gives', async () => {
  const sections = [{ heading: 'All of it', columns: 1, fields: ['Note__c', 'Id'] }];
  const { layouts } = (await layoutOf({ sections })).describeLayout() as {
    layouts: [{ detailLayoutSections: LayoutSection[] }];
  };
  expect(layouts[0].detailLayoutSections.map(fieldsOf)).toEqual([[['Note__c'], ['Id']]]);
});

test('a layout is refused that names no field, or is none', async () => {
  for (const layout of [
    { sections: [{ heading: 'x', fields: ['Nope'] }] },
    { sections: [{ heading: 'x' }] },
    { sections: [{ heading: 'x', columns: 3, fields: [] }] },
    { sections: 5 },
    { rows: [] },
  ])
    expect(await issuesOf(() => layoutOf(layout)), JSON.stringify(layout)).toMatchObject([
      { statusCode: 'INVALID_DEFINITION' },
    ]);
});

test('the session objects lay out their children, where they list the call', async () => {
  const db = await openDatabase({ name: 'layouts', objects: salesforce });
  const { layouts } = db.SOSSession.describeLayout();
  expect(layouts[0].relatedLists).toContainEqual({
    name: 'Histories',
    sobject: 'SOSSessionHistory',
    field: 'SOSSessionId',
  });
  expect(await issuesOf(() => db.SOSSessionHistory.describeLayout())).toMatchObject([
    { statusCode: 'METHOD_NOT_ALLOWED' },
  ]);
});
