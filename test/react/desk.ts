/** How the desk's page is driven: what it offers to tests under `globalThis.desk`. */
export interface Desk {
  /** The id of the session that idled for so many seconds. */
  idOf(idle: number): string;
  create(idle: number): Promise<void>;
  update(idle: number, to: number): Promise<void>;
  /** Deletes by the place at the start; so does `undelete`. */
  delete(id: string): Promise<void>;
  undelete(id: string): Promise<void>;
  /** Sets all sessions from `from` to below `to` to have had that many chats, and creates one, in one commit. */
  transact(from: number, to: number, created: number): Promise<void>;
  /** The list shows those that idled at least so long. */
  setFloor(floor: number): Promise<void>;
  watch(id: string | null): Promise<void>;
  unmount(): Promise<void>;
  openNow(): number;
  openedEver(): number;
  /** What has been rendered since this was last asked. */
  takeRenders(): Renders;
}

export interface Renders {
  /** The sessions whose rows were rendered, each named once. */
  readonly rows: readonly string[];
  readonly list: number;
  readonly count: number;
  readonly record: number;
}
