import type { EngineError } from '../../engine/ground/errors.ts';
import { noSuchObjectText } from '../../engine/ground/name-texts.ts';
import { soqlError } from '../soql-error.ts';

/** An object that the database does not have, in Salesforce's words. */
export function noSuchObject(text: string, from: { readonly name: string; readonly at: number }): EngineError {
  return soqlError('INVALID_TYPE', text, from.at, noSuchObjectText(from.name.slice(0, 80)));
}
