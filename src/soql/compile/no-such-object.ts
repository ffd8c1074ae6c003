import type { EngineError } from '../../engine/ground/errors.ts';
import { soqlError } from '../soql-error.ts';

/** An object that the database does not have, in Salesforce's words. */
export function noSuchObject(text: string, from: { readonly name: string; readonly at: number }): EngineError {
  return soqlError(
    'INVALID_TYPE',
    text,
    from.at,
    `sObject type '${from.name.slice(0, 80)}' is not supported. If you are attempting to use a custom object, be sure to ` +
      "append the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names.",
  );
}
