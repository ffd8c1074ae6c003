import { defineObject } from '../../engine/definition/define-object.ts';
import type { WriteRule } from '../../engine/definition/definition.ts';
import { SALESFORCE_FIELDS } from '../../engine/definition/system-fields.ts';

/**
 * IsClosed follows Status. Which values count as closed is set up in each org (CaseStatus); of the standard ones it is
 * Closed alone. What an org sent stays until the status changes.
 */
const closeByStatus: WriteRule = (draft, before, context) => {
  if (before !== undefined && draft.Status === before.Status) return;
  const closed = draft.Status === 'Closed';
  if (closed !== (before?.IsClosed ?? false)) draft.ClosedDate = closed ? context.now : null;
  draft.IsClosed = closed;
};

/** The customer's issue a session was about (Object Reference, Case), with the fields queries on sessions reach for. */
export const Case = /* @__PURE__ */ defineObject({
  name: 'Case',
  label: 'Case',
  labelPlural: 'Cases',
  description: 'An issue or problem of a customer.',
  id: { kind: 'salesforce', prefix: '500' },
  roles: { name: 'CaseNumber' },
  fields: {
    Id: { ...SALESFORCE_FIELDS.Id, label: 'Case ID' },
    CaseNumber: {
      type: 'string',
      properties: 'Autonumber, Defaulted on create, Filter, idLookup, Sort',
      label: 'Case Number',
      length: 30,
      displayFormat: '{00000000}',
      description: 'The number of the case.',
    },
    ContactId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Contact ID',
      referenceTo: ['Contact'],
      relationshipName: 'Contact',
      childRelationshipName: 'Cases',
      description: 'The contact who has the issue.',
    },
    AccountId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Account ID',
      referenceTo: ['Account'],
      relationshipName: 'Account',
      childRelationshipName: 'Cases',
      description: 'The account the issue belongs to.',
    },
    ParentId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Parent Case ID',
      referenceTo: ['Case'],
      relationshipName: 'Parent',
      childRelationshipName: 'Cases',
      description: 'The case above this one.',
    },
    SourceId: {
      type: 'reference',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Source ID',
      referenceTo: ['EmailMessage', 'LiveChatTranscript', 'MessagingSession', 'SOSSession', 'SocialPost'],
      relationshipName: 'Source',
      childRelationshipName: 'Cases',
      description: 'What the case arose from, such as an SOS session.',
    },
    Type: {
      type: 'picklist',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Case Type',
      description: 'The kind of case, such as a question.',
    },
    Status: {
      type: 'picklist',
      properties: 'Create, Defaulted on create, Filter, Group, Nillable, Sort, Update',
      values: ['New', 'Working', 'Escalated', 'Closed'],
      defaultValue: 'New',
      description: 'How far the case has come.',
    },
    Reason: {
      type: 'picklist',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Case Reason',
      description: 'Why the case was opened.',
    },
    Origin: {
      type: 'picklist',
      properties: 'Create, Filter, Group, Nillable, Sort, Update',
      label: 'Case Origin',
      values: ['Phone', 'Email', 'Web'],
      description: 'How the case came in.',
    },
    Subject: { type: 'string', properties: 'Create, Filter, Group, Nillable, Sort, Update', length: 255 },
    Priority: {
      type: 'picklist',
      properties: 'Create, Defaulted on create, Filter, Group, Nillable, Sort, Update',
      values: ['High', 'Medium', 'Low'],
      defaultValue: 'Medium',
      description: 'How urgent the case is.',
    },
    Description: { type: 'textarea', properties: 'Create, Nillable, Update', length: 32_000 },
    IsClosed: {
      type: 'boolean',
      properties: 'Defaulted on create, Filter, Group, Sort',
      label: 'Closed',
      defaultValue: false,
      description: 'Whether the status is one of a closed case.',
    },
    ClosedDate: {
      type: 'dateTime',
      properties: 'Filter, Nillable, Sort',
      label: 'Closed Date',
      description: 'When the case was closed.',
    },
    IsEscalated: {
      type: 'boolean',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Escalated',
      defaultValue: false,
      description: 'Whether the case has been escalated.',
    },
    OwnerId: {
      type: 'reference',
      properties: 'Create, Defaulted on create, Filter, Group, Sort, Update',
      label: 'Owner ID',
      referenceTo: ['Group', 'User'],
      relationshipName: 'Owner',
      description: 'The user or queue that owns the case.',
    },
    LastReferencedDate: { type: 'dateTime', properties: 'Filter, Nillable, Sort', label: 'Last Referenced Date' },
    LastViewedDate: { type: 'dateTime', properties: 'Filter, Nillable, Sort', label: 'Last Viewed Date' },
  },
  listKeys: ['records'],
  onWrite: closeByStatus,
});
