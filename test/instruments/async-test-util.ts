/**
 * What RxDB's shipped tests use of the package of this name, which RxDB does not bring along.
 */

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

export function randomString(length: number): string {
  return Array.from({ length }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('');
}
