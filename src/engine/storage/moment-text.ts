const DAY_MS = 86_400_000;
const ZERO = 48;

/**
 * The stored form of a moment, which is what `toISOString` gives: that takes 250 ns, the same by arithmetic a third of it.
 * One call with all characters makes one flat string; joined pieces would be a rope. Years of more than four digits are no
 * dateTimes of any object.
 */
export function momentText(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  const ofDay = ms - day * DAY_MS;
  // Days of the civil calendar, in eras of 400 years that begin with March, so that a leap day comes last.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = ((ofEra - ((ofEra / 1460) | 0) + ((ofEra / 36_524) | 0) - ((ofEra / 146_096) | 0)) / 365) | 0;
  const ofYear = ofEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const fromMarch = ((5 * ofYear + 2) / 153) | 0;
  const date = ofYear - (((153 * fromMarch + 2) / 5) | 0) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const seconds = (ofDay / 1000) | 0;
  const thousandths = ofDay - seconds * 1000;
  const minutes = (seconds / 60) | 0;
  const hour = (minutes / 60) | 0;
  const minute = minutes - hour * 60;
  const second = seconds - minutes * 60;
  const century = (year / 100) | 0;
  const ofCentury = year - century * 100;
  const hundredths = (thousandths / 10) | 0;
  // biome-ignore format: one line a part
  return String.fromCharCode(
    ZERO + ((century / 10) | 0), ZERO + (century % 10), ZERO + ((ofCentury / 10) | 0), ZERO + (ofCentury % 10), 45,
    ZERO + ((month / 10) | 0), ZERO + (month % 10), 45,
    ZERO + ((date / 10) | 0), ZERO + (date % 10), 84,
    ZERO + ((hour / 10) | 0), ZERO + (hour % 10), 58,
    ZERO + ((minute / 10) | 0), ZERO + (minute % 10), 58,
    ZERO + ((second / 10) | 0), ZERO + (second % 10), 46,
    ZERO + ((hundredths / 10) | 0), ZERO + (hundredths % 10), ZERO + (thousandths - hundredths * 10), 90,
  );
}
