/** What is needed of a terminal's input: Node's `tty.ReadStream` fits. */
export interface KeyInput {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Ctrl-C and Ctrl-D, which a terminal in raw mode hands on as they are. */
const ENDS: ReadonlySet<string> = new Set(['\x03', '\x04']);

/** Calls `onKey` with each key as it is pressed, `q` for those that end a program. Returns what gives the terminal back. */
export function readKeys(input: KeyInput, onKey: (key: string) => void): () => void {
  if (input.isTTY !== true) return () => {};
  const listen = (bytes: Uint8Array) => {
    const text = new TextDecoder().decode(bytes);
    // Arrows and the like begin with an escape, and mean nothing here.
    if (text.startsWith('\x1b')) return;
    for (const key of text) onKey(ENDS.has(key) ? 'q' : key.toLowerCase());
  };
  input.setRawMode?.(true);
  input.on('data', listen);
  input.resume();
  return () => {
    input.off('data', listen);
    input.setRawMode?.(false);
    input.pause();
  };
}
