/**
 * The one order of scalar values. Text that is not case-sensitive compares by its upper-cased form, as Salesforce
 * sorts English text (SOQL and SOSL Reference, ORDER BY); two texts that upper-case alike are equal.
 */

export type Scalar = string | number | boolean;

/** The form of a text that decides equality and order where case does not matter. */
export function foldCase(text: string): string {
  return text.toUpperCase();
}

/** Orders two values of one type; texts by UTF-16 code unit, false before true. Null is the caller's business. */
export function compareScalars(left: Scalar, right: Scalar): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
