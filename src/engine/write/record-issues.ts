import type { ObjectDefinition } from '../definition/define-object.ts';
import { createIssue, type Issue } from '../ground/errors.ts';

/** What can be wrong with a record as a whole, in Salesforce's codes and words. */

export function notRecord(): Issue {
  return createIssue('INVALID_TYPE_ON_FIELD_IN_RECORD', 'a record is an object of fields');
}

export function unknownField(definition: ObjectDefinition, name: string): Issue {
  const shown = name.slice(0, 80);
  return createIssue('INVALID_FIELD', `No such column '${shown}' on sobject of type ${definition.name}`, [shown]);
}

export function notWritable(names: readonly string[]): Issue {
  return createIssue(
    'INVALID_FIELD_FOR_INSERT_UPDATE',
    `Unable to create/update fields: ${names.join(', ')}. Please check the security settings of this field and verify ` +
      'that it is read/write for your profile or permission set.',
    names,
  );
}

export function missing(names: readonly string[]): Issue {
  return createIssue('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
}
