const THOUSANDS = /\B(?=(\d{3})+$)/g;

/** `84,210` */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(THOUSANDS, ',');
}

/** `0:07`, `12:40`, `1:02:33` */
export function formatWait(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const rest = String(seconds % 60).padStart(2, '0');
  if (minutes < 60) return `${minutes}:${rest}`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}

/** `81.4 %`; a dash when there is nothing to take a part of. */
export function formatPart(part: number | undefined): string {
  return part === undefined ? '–' : `${(part * 100).toFixed(1)} %`;
}

/** `6.2 µs`, `14 µs`, `2.1 ms` */
export function formatMicros(micros: number | undefined): string {
  if (micros === undefined) return '–';
  if (micros >= 1000) return `${(micros / 1000).toFixed(1)} ms`;
  return `${micros < 10 ? micros.toFixed(1) : micros.toFixed(0)} µs`;
}

export function formatMegabytes(bytes: number): string {
  return `${formatCount(bytes / 1_048_576)} MB`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `14:00:07`, in UTC like everything else. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** `Thu 5 Mar 2026` */
export function formatDay(ms: number): string {
  const day = new Date(ms);
  return `${DAYS[day.getUTCDay()]} ${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
}
