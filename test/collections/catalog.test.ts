import { describe, expect, test } from 'vitest';
import * as catalog from '../../src/collections/catalog.ts';
import { defineObject, type ObjectDefinition } from '../../src/engine/definition/define-object.ts';
import type { FieldSpec, ObjectSpec } from '../../src/engine/definition/definition.ts';

const { genesys, salesforce, twilio } = catalog;
const all: readonly ObjectDefinition[] = [...salesforce, ...genesys, ...twilio];

describe.each(all)('$name', (definition) => {
  const spec: ObjectSpec = definition.spec;

  test('is accepted as a definition and exported under its name', () => {
    expect(() => defineObject(spec)).not.toThrow();
    expect((catalog as unknown as Record<string, unknown>)[definition.name]).toBe(definition);
  });

  test('says what it and its fields are', () => {
    expect(spec.description).toBeTruthy();
    expect(definition.label).not.toBe('');
    expect(definition.labelPlural).not.toMatch(/ys$/);
  });

  test('points only from references, and every relationship has a name to follow', () => {
    for (const field of definition.fields) {
      if (field.type === 'reference') expect(field.relationshipName, field.name).toBeTruthy();
      else expect(field.referenceTo, field.name).toBeUndefined();
    }
  });

  test('defaults only to values its fields admit', () => {
    const check = (field: FieldSpec) => {
      if (field.defaultValue === undefined || field.values === undefined) return;
      expect(field.values).toContain(field.defaultValue);
    };
    for (const field of Object.values(spec.fields)) check(field);
  });

  test('lists no value of a picklist twice', () => {
    for (const field of definition.fields) expect(new Set(field.values).size).toBe(field.values?.length ?? 0);
  });
});

test('labels of Salesforce objects are written as Salesforce writes them', () => {
  for (const { fields } of salesforce) for (const { label } of fields) expect(label).not.toMatch(/\b(Id|Url|Ip)\b/);
});

test('names are unique, so are the names of children of one parent object and field', () => {
  expect(new Set(all.map((each) => each.name)).size).toBe(all.length);
  const children = all.flatMap((child) =>
    child.fields.flatMap((field) =>
      field.childRelationshipName === undefined
        ? []
        : (field.referenceTo ?? []).map((parent) => `${parent}.${field.childRelationshipName}`),
    ),
  );
  expect(new Set(children).size).toBe(children.length);
});

test('what takes history and feed is in the catalog, and points back', () => {
  for (const definition of all) {
    for (const tracking of [definition.spec.history, definition.spec.feed]) {
      if (tracking === undefined) continue;
      const object = all.find((each) => each.name === tracking.object);
      expect(object?.fieldsByName.get(tracking.parentField)?.referenceTo).toEqual([definition.name]);
    }
  }
});

test('what falls with its parent can be found by its parent', () => {
  for (const definition of all) {
    const indexed = (definition.spec.indexes ?? []).map((index) => (typeof index === 'string' ? index : index[0]));
    for (const field of definition.fields)
      if (field.cascadeDelete === true) expect(indexed, definition.name).toContain(field.name);
  }
});
