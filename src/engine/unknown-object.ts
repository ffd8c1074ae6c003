import { createError, type EngineError } from './ground/errors.ts';
import { noSuchObjectText } from './ground/name-texts.ts';

/** An object that the database does not have, in Salesforce's words. */
export function unknownObject(name: string): EngineError {
  return createError('INVALID_TYPE', noSuchObjectText(String(name).slice(0, 80)));
}
