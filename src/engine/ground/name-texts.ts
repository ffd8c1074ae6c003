/** What is said of names that nothing has, in Salesforce's words; by the engine's queries and by SOQL alike. */

const REFER = 'Please reference your WSDL or the describe call for the appropriate names.';

export function noSuchColumnText(name: string, object: string): string {
  return (
    `No such column '${name}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the ` +
    `'__c' after the custom field name. ${REFER}`
  );
}

export function noSuchRelationshipText(name: string): string {
  return (
    `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure ` +
    `to append the '__r' after the custom relationship name. ${REFER}`
  );
}

export function noSuchObjectText(name: string): string {
  return (
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' ` +
    `after the entity name. ${REFER}`
  );
}
