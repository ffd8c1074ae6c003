/** What RxDB's shipped tests use of the package of this name, which RxDB does not bring along. */
export default function clone<T>(value: T): T {
  return structuredClone(value);
}
