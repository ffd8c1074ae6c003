import { defineObject } from '../../src/engine/definition/define-object.ts';

/** The object that processes, workers and pages write which are killed while they do. */
export const Call = defineObject({
  name: 'Call',
  id: { kind: 'salesforce', prefix: 'a1C' },
  fields: {
    Name: { type: 'string', properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort' },
    Turn: { type: 'int', properties: 'Create, Filter, Group, Sort, Update' },
    Note: { type: 'string', properties: 'Create, Filter, Nillable, Sort, Update' },
  },
});
