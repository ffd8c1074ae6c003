/** Bytes on the heap and in the buffers that hang from it, after a full collection. */
export function heldBytes() {
  // The second collection takes what finalizers and weak references let go of in the first.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
