import { defineObject } from '../../engine/definition/define-object.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';
import { compoundName } from './person-name.ts';

/**
 * Agents, owners and authors of sessions (Object Reference, User), with the fields that queries on sessions reach for.
 * Salesforce never deletes a user and calls no undelete; a local copy must be able to let one go, so all calls are
 * listed. Fields that only the set-up of an org needs, such as the time zone and profile it requires, are left out.
 */
export const User = /* @__PURE__ */ defineObject({
  name: 'User',
  label: 'User',
  labelPlural: 'Users',
  description: 'A person who logs in.',
  id: { kind: 'salesforce', prefix: '005' },
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'User ID' },
    Username: {
      type: 'string',
      properties: 'Create, Filter, Group, idLookup, Sort, Update',
      length: 80,
      description: 'What the user logs in with, in the form of an email address; unique in all orgs.',
    },
    LastName: {
      type: 'string',
      properties: 'Create, Filter, Group, Sort, Update',
      label: 'Last Name',
      length: 80,
    },
    FirstName: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'First Name',
      length: 40,
    },
    Name: {
      type: 'string',
      properties: 'Filter, Group, Sort',
      label: 'Full Name',
      length: 203,
      description: 'First and last name.',
    },
    CompanyName: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Company Name',
      length: 80,
    },
    Division: { type: 'string', properties: 'Create, Filter, Group, Nillable, Sort, Update', length: 80 },
    Department: { type: 'string', properties: 'Create, Filter, Group, Nillable, Sort, Update', length: 80 },
    Title: { type: 'string', properties: 'Create, Filter, Group, Nillable, Sort, Update', length: 80 },
    Email: { type: 'email', properties: 'Create, Filter, Group, idLookup, Sort, Update', length: 128 },
    Phone: { type: 'phone', properties: 'Create, Filter, Group, Nillable, Sort, Update' },
    MobilePhone: {
      type: 'phone',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Mobile',
    },
    Extension: { type: 'phone', properties: 'Create, Filter, Group, Nillable, Sort, Update' },
    Alias: {
      type: 'string',
      properties: 'Create, Filter, Group, Sort, Update',
      length: 8,
      description: 'A short name such as jsmith.',
    },
    IsActive: {
      type: 'boolean',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Active',
      defaultValue: true,
      description: 'Whether the user can log in.',
    },
    EmployeeNumber: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Employee Number',
      length: 20,
    },
    ContactId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Contact ID',
      referenceTo: ['Contact'],
      relationshipName: 'Contact',
      description: 'The contact behind an external user.',
    },
    ManagerId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Manager ID',
      referenceTo: ['User'],
      relationshipName: 'Manager',
      childRelationshipName: 'ManagedUsers',
      description: 'The user who manages this one.',
    },
    LastLoginDate: { type: 'dateTime', properties: 'Filter, Nillable, Sort', label: 'Last Login' },
    LastReferencedDate: { type: 'dateTime', properties: 'Filter, Nillable, Sort', label: 'Last Referenced Date' },
    LastViewedDate: { type: 'dateTime', properties: 'Filter, Nillable, Sort', label: 'Last Viewed Date' },
  },
  unique: ['Username'],
  listKeys: ['records'],
  onWrite: compoundName,
});
