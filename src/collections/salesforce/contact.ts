import { defineObject } from '../../engine/definition/define-object.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';
import { compoundName } from './person-name.ts';

/** The person a session was held with (Object Reference, Contact), with the fields queries on sessions reach for. */
export const Contact = /* @__PURE__ */ defineObject({
  name: 'Contact',
  label: 'Contact',
  labelPlural: 'Contacts',
  description: 'A person of an account.',
  id: { kind: 'salesforce', prefix: '003' },
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'Contact ID' },
    AccountId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Account ID',
      referenceTo: ['Account'],
      relationshipName: 'Account',
      childRelationshipName: 'Contacts',
      description: 'The account the person belongs to.',
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
    Salutation: {
      type: 'picklist',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      length: 40,
      description: 'An honorific before the name; no part of Name.',
    },
    Name: {
      type: 'string',
      properties: 'Filter, Group, Sort',
      label: 'Full Name',
      length: 203,
      description: 'First and last name.',
    },
    MailingStreet: {
      type: 'textarea',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Mailing Street',
      length: 255,
    },
    MailingCity: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Mailing City',
      length: 40,
    },
    MailingState: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Mailing State/Province',
      length: 80,
    },
    MailingPostalCode: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Mailing Zip/Postal Code',
      length: 20,
    },
    MailingCountry: {
      type: 'string',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Mailing Country',
      length: 80,
    },
    Phone: {
      type: 'phone',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Business Phone',
    },
    MobilePhone: {
      type: 'phone',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Mobile Phone',
    },
    HomePhone: {
      type: 'phone',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Home Phone',
    },
    ReportsToId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Reports To ID',
      referenceTo: ['Contact'],
      relationshipName: 'ReportsTo',
      description: 'The contact above this one.',
    },
    Email: { type: 'email', properties: 'Create, Filter, Group, idLookup, Nillable, Sort, Update', length: 80 },
    Title: { type: 'string', properties: 'Create, Filter, Group, Nillable, Sort, Update', length: 128 },
    Department: { type: 'string', properties: 'Create, Filter, Group, Nillable, Sort, Update', length: 80 },
    Description: {
      type: 'textarea',
      properties: 'Create, Nillable, Update',
      label: 'Contact Description',
      length: 32_000,
    },
    OwnerId: {
      type: 'reference',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Owner ID',
      referenceTo: ['User'],
      relationshipName: 'Owner',
      description: 'The user who owns the contact.',
    },
    LastReferencedDate: { type: 'dateTime', properties: 'Filter, Nillable, Sort', label: 'Last Referenced Date' },
    LastViewedDate: { type: 'dateTime', properties: 'Filter, Nillable, Sort', label: 'Last Viewed Date' },
  },
  listKeys: ['records'],
  onWrite: compoundName,
});
