/** The fields every object has besides its own, and the parts they play. Source: Object Reference, "System Fields". */

export const SALESFORCE_FIELDS = {
  Id: { type: 'id', properties: 'Defaulted on create, Filter, Group, idLookup, Sort', label: 'Record ID', length: 18 },
  IsDeleted: { type: 'boolean', properties: 'Defaulted on create, Filter, Group, Sort', label: 'Deleted' },
  CreatedDate: { type: 'dateTime', properties: 'Defaulted on create, Filter, Sort', label: 'Created Date' },
  CreatedById: {
    type: 'reference',
    properties: 'Defaulted on create, Filter, Group, Sort',
    label: 'Created By ID',
    referenceTo: ['User'],
    relationshipName: 'CreatedBy',
  },
  LastModifiedDate: { type: 'dateTime', properties: 'Defaulted on create, Filter, Sort', label: 'Last Modified Date' },
  LastModifiedById: {
    type: 'reference',
    properties: 'Defaulted on create, Filter, Group, Sort',
    label: 'Last Modified By ID',
    referenceTo: ['User'],
    relationshipName: 'LastModifiedBy',
  },
  SystemModstamp: { type: 'dateTime', properties: 'Defaulted on create, Filter, Sort', label: 'System Modstamp' },
} as const;

export const SALESFORCE_ROLES = {
  id: 'Id',
  deleted: 'IsDeleted',
  stamp: 'SystemModstamp',
  created: 'CreatedDate',
  createdBy: 'CreatedById',
  modified: 'LastModifiedDate',
  modifiedBy: 'LastModifiedById',
} as const;

/**
 * What the engine adds to objects whose vendors know no recycle bin: without these two there would be no undelete, no
 * getDeleted and no delta for them.
 */
export const MINIMAL_FIELDS = {
  IsDeleted: { type: 'boolean', properties: 'Defaulted on create, Filter, Group, Sort', label: 'Deleted' },
  SystemModstamp: { type: 'dateTime', properties: 'Defaulted on create, Filter, Sort', label: 'System Modstamp' },
} as const;

export const MINIMAL_ROLES = { deleted: 'IsDeleted', stamp: 'SystemModstamp' } as const;

export type SystemFields<Kind> = Kind extends 'minimal' ? typeof MINIMAL_FIELDS : typeof SALESFORCE_FIELDS;
