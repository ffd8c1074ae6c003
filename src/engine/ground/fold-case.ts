/**
 * The form of a text that decides equality and order where case does not matter: upper-cased, as Salesforce sorts
 * English text (SOQL and SOSL Reference, ORDER BY). Two texts that upper-case alike are equal; order is by UTF-16 code
 * unit.
 */
export function foldCase(text: string): string {
  return text.toUpperCase();
}
