/** The newest by LoginTime, of records that a store could not order itself. */
export function newestOf(records, limit) {
  const newestFirst = (left, right) => (left.LoginTime < right.LoginTime ? 1 : -1);
  return [...records].sort(newestFirst).slice(0, limit);
}
