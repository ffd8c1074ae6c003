import { createError, type EngineError } from './ground/errors.ts';

/** An object that the database does not have, in Salesforce's words. */
export function unknownObject(name: string): EngineError {
  const shown = String(name).slice(0, 80);
  return createError(
    'INVALID_TYPE',
    `sObject type '${shown}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' ` +
      'after the entity name. Please reference your WSDL or the describe call for the appropriate names.',
  );
}
