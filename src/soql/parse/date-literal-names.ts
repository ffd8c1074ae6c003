/** The names of date literals (SOQL and SOSL Reference, "Date Formats and Date Literals"). */

const UNITS = ['WEEK', 'MONTH', 'QUARTER', 'YEAR', 'FISCAL_QUARTER', 'FISCAL_YEAR'];
const PLAIN = new Set(['YESTERDAY', 'TODAY', 'TOMORROW', 'LAST_90_DAYS', 'NEXT_90_DAYS']);
const NUMBERED = new Set<string>();

for (const unit of UNITS) for (const when of ['LAST', 'THIS', 'NEXT']) PLAIN.add(`${when}_${unit}`);
for (const unit of ['DAY', ...UNITS]) {
  for (const when of ['LAST_N', 'NEXT_N']) NUMBERED.add(`${when}_${unit}S`);
  NUMBERED.add(`N_${unit}S_AGO`);
}

export function isDateLiteral(word: string): boolean {
  return PLAIN.has(word) || NUMBERED.has(word);
}

/** Whether `:n` follows the name. */
export function takesNumber(word: string): boolean {
  return NUMBERED.has(word);
}
