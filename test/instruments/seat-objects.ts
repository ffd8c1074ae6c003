import { defineObject, type ObjectDefinition } from '../../src/engine/definition/define-object.ts';

/**
 * Objects on which writes fail in every way there is: unique keys, of one field and of two, a rule that refuses and
 * one that breaks, and rows of another object that a write brings with it.
 */
export const SEAT_OBJECTS = [
  defineObject({
    name: 'Seat',
    id: { kind: 'salesforce', prefix: 'a1T' },
    fields: {
      Name: {
        type: 'string',
        properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
        displayFormat: 'SEAT-{000}',
      },
      Code: {
        type: 'string',
        length: 20,
        externalId: true,
        properties: 'Create, Filter, Group, idLookup, Nillable, Sort, Unique, Update',
      },
      Zone: { type: 'picklist' },
      Place: { type: 'int' },
      Holder: { type: 'string' },
      Balance: { type: 'int' },
      NextId: { type: 'reference', referenceTo: ['Seat'], cascadeDelete: true },
    },
    unique: [['Zone', 'Place']],
    indexes: ['Zone', ['Zone', 'Place'], 'Holder', 'Balance'],
    history: { object: 'SeatHistory', parentField: 'SeatId', fields: ['Holder', 'Balance'] },
    onWrite(draft, _before, context) {
      if (draft.Holder === 'refused') context.refuse('FIELD_INTEGRITY_EXCEPTION', 'this holder is refused', ['Holder']);
      if (draft.Holder === 'broken') throw new Error('the rule is broken');
    },
  }),
  defineObject({
    name: 'SeatHistory',
    id: { kind: 'salesforce', prefix: 'a1H' },
    system: 'minimal',
    roles: { id: 'Id', created: 'CreatedDate', createdBy: 'CreatedById' },
    fields: {
      Id: { type: 'id', properties: 'Defaulted on create, Filter, Group, idLookup, Sort' },
      CreatedDate: { type: 'dateTime', properties: 'Defaulted on create, Filter, Sort' },
      CreatedById: { type: 'reference', referenceTo: ['User'], properties: 'Defaulted on create, Filter, Group, Sort' },
      SeatId: { type: 'reference', referenceTo: ['Seat'], cascadeDelete: true },
      Field: { type: 'picklist' },
      DataType: { type: 'picklist' },
      OldValue: { type: 'anyType', properties: 'Nillable, Sort' },
      NewValue: { type: 'anyType', properties: 'Nillable, Sort' },
    },
    indexes: ['SeatId'],
  }),
  defineObject({
    name: 'Chair',
    id: { kind: 'salesforce', prefix: 'a1C' },
    fields: { Zone: { type: 'picklist' }, Place: { type: 'int' } },
    indexes: ['Zone', ['Zone', 'Place'], 'Place'],
  }),
] as unknown as readonly ObjectDefinition[];

export const SEAT_FIELDS = SEAT_OBJECTS[0]?.spec.fields ?? {};
