import type { Environment, Storage } from '../index.ts';
import { Board, type BoardRequest } from './board.ts';
import type { Figures } from './figures.ts';
import type { FrameMore } from './frame.ts';
import type { BoardOptions } from './options.ts';
import type { SideFigures } from './side.ts';
import { syncSection } from './sync-section.ts';
import { TwoSides } from './two-sides.ts';

export interface OpenedBoardRequest extends Omit<BoardRequest, 'seed' | 'sessions' | 'storage' | 'random' | 'wake'> {
  readonly options: BoardOptions;
  readonly storage: Storage | undefined;
  readonly system: Pick<Environment, 'random' | 'wake' | 'digest'>;
}

/** What is on the screen: a board alone, or the boards of two sides. */
export class OpenedBoard {
  readonly board: Board;
  readonly sides: TwoSides | undefined;
  #isFar = false;

  static async open({ options, system, ...request }: OpenedBoardRequest): Promise<OpenedBoard> {
    const { seed, sessions, port, alone, data } = options;
    // Ids of a day that is kept must be unlike any before.
    const random = data === undefined ? undefined : system.random;
    const whole = { ...request, seed, sessions, random };
    if (alone) return new OpenedBoard(await Board.open(whole), undefined);
    const sides = await TwoSides.open({ ...whole, system, port });
    return new OpenedBoard(sides.board, sides);
  }

  private constructor(board: Board, sides: TwoSides | undefined) {
    this.board = board;
    this.sides = sides;
  }

  /** What a key does; false for one that ends. */
  press(key: string): boolean {
    const { sides } = this;
    if (key === 'o') sides?.a.toggleNetwork();
    if (key === 'p') sides?.b.toggleNetwork();
    if (key === 'b') this.#isFar = !this.#isFar && sides !== undefined;
    // A database that closes meanwhile refuses it, and that is all.
    if (key === 'e') sides?.edit().catch(() => undefined);
    return key !== 'q';
  }

  endSecond(elapsedMs: number): void {
    this.sides?.endSecond(elapsedMs);
  }

  /** The figures of the board that is shown, and what stands beside them. */
  read(rows?: number): { readonly figures: Figures; readonly more: FrameMore } {
    const near = this.board.read();
    const { sides } = this;
    if (sides === undefined) return { figures: near, more: {} };
    // What a change takes and how long it took to open are of the one that writes.
    const far = { ...sides.readFar(), openedMs: near.openedMs, microsPerChange: near.microsPerChange };
    const [a, b] = sides.readSides() as [SideFigures, SideFigures];
    const shown = this.#isFar ? 'B' : 'A';
    const both = [
      { side: a, figures: near },
      { side: b, figures: far },
    ];
    const section = (width: number) => syncSection(both, shown, width);
    return {
      figures: this.#isFar ? far : near,
      more: { whose: shown, section, ...(rows !== undefined && { rows }) },
    };
  }

  /** Ends all there is. */
  close(): Promise<void> {
    return this.sides === undefined ? this.board.close() : this.sides.close();
  }
}
