import type { Paint } from '../board/line.ts';
import type { ObjectDefinition } from '../index.ts';
import type { SoqlDatabase } from '../soql/soql-database.ts';
import type { Catalog } from './catalog.ts';
import type { Format } from './format.ts';
import type { LiveViews } from './live-views.ts';
import type { Output } from './output.ts';
import { visibleLines } from './visible-text.ts';

/** The database of a shell, whatever objects it has. */
export type ShellDatabase = SoqlDatabase<readonly ObjectDefinition[]>;

/** What commands change. */
export interface Settings {
  format: Format;
  /** The most rows that an interactive shell shows of a table. */
  rowsMax: number;
}

export type SearchRecord = { readonly attributes: { readonly type: string; readonly url: string } } & Readonly<
  Record<string, unknown>
>;

/** The part of SOSL that the shell needs. */
export type Search = (text: string) => Promise<{ readonly searchRecords: readonly SearchRecord[] }>;

/** What goes on in the centre while the shell is open. */
export interface Traffic {
  /** Changes a second. */
  readonly rate: number;
  setRate(rate: number): void;
}

/** A shell as its commands see it. */
export interface Session {
  readonly db: ShellDatabase;
  readonly catalog: Catalog;
  readonly search: Search;
  readonly settings: Settings;
  readonly live: LiveViews;
  /** Undefined where no day was loaded. */
  readonly traffic: Traffic | undefined;
  /** What has been run, oldest first. */
  readonly history: { readonly entries: readonly string[] };
  /** For rows. */
  readonly out: Output;
  /** For words about them, which must not get among rows that a program reads. */
  note(text: string): Promise<void>;
  readonly paint: Paint;
  readonly width: () => number;
  readonly isInteractive: boolean;
  /** Whether rows go to a terminal, which obeys control characters. */
  readonly isTerminal: boolean;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
  /** What `~` stands for. */
  readonly home: string;
}

/** What live queries have to tell since it was last asked, as it is shown. */
export function newsOf({ live, settings, width, paint, isTerminal }: Session): string {
  const show = isTerminal ? visibleLines : (text: string) => text;
  return live.take({ format: settings.format, width: width(), paint, show });
}

export function showNews(session: Session): Promise<void> {
  return session.out.write(newsOf(session));
}
