import type { Paint } from '../board/line.ts';
import type { Delta, LiveQuery } from '../index.ts';
import { type Column, columnsOf, type Row } from './flatten-row.ts';
import type { Format } from './format.ts';
import { csvLine } from './format-csv.ts';
import { jsonText } from './format-json.ts';
import { layTable, type TableLayout, tableCell, tableHead, tableLine } from './format-table.ts';
import { ShellError } from './shell-error.ts';
import { cutText } from './text-width.ts';

/** A row that came, changed or went. */
type Mark = '+' | '~' | '-';

interface View {
  readonly number: number;
  readonly text: string;
  readonly query: LiveQuery<Row>;
  readonly selected: readonly (readonly string[])[];
  /** Rows shown last, by which columns are laid out. */
  recent: readonly Row[];
  hasHead: boolean;
}

interface News {
  readonly view: View;
  readonly mark: Mark;
  readonly row: Row;
}

/** How what has come about is put into words. */
export interface LiveLook {
  readonly format: Format;
  readonly width: number;
  readonly paint: Paint;
  /** What CSV shows of a text. */
  readonly show: (text: string) => string;
}

const RECENT = 100;
const LOOKS = { '+': 'good', '~': 'fair', '-': 'poor' } as const;

/** The live queries that are open in a shell, and what has become of them that has not been shown yet. */
export class LiveViews {
  readonly #views = new Map<number, View>();
  readonly #tell: () => void;
  readonly #heldMax: number;
  #last = 0;
  #held: News[] = [];
  #lost = 0;

  /** `tell` is called when there is something to take after there was none; more than `heldMax` are only counted. */
  constructor(tell: () => void, heldMax = Number.POSITIVE_INFINITY) {
    this.#tell = tell;
    this.#heldMax = heldMax;
  }

  /** Follows a query whose present rows the caller shows. Returns its number. */
  open(text: string, query: LiveQuery<Row>, selected: readonly (readonly string[])[]): number {
    const number = ++this.#last;
    const rows = query.getSnapshot();
    const view = { number, text, query, selected, recent: rows.slice(0, RECENT), hasHead: rows.length > 0 };
    this.#views.set(number, view);
    let isFirst = true;
    query.delta$.subscribe((delta) => {
      // The first is the present result, which is shown by other means.
      if (!isFirst) this.#hold(view, delta);
      isFirst = false;
    });
    return number;
  }

  get all(): readonly { readonly number: number; readonly text: string; readonly rows: number }[] {
    return [...this.#views.values()].map(({ number, text, query }) => ({
      number,
      text,
      rows: query.getSnapshot().length,
    }));
  }

  /** Ends one, or all. Throws a `ShellError` when there is none of that number. */
  stop(number?: number): number {
    const stopped = number === undefined ? [...this.#views.keys()] : [number];
    for (const each of stopped) {
      const view = this.#views.get(each);
      if (view === undefined) throw new ShellError(`there is no live query ${each}; \\live lists those open`);
      view.query.close();
      this.#views.delete(each);
      this.#held = this.#held.filter((news) => news.view !== view);
    }
    return stopped.length;
  }

  #hold(view: View, { added, removed, changed, moved }: Delta<Row>): void {
    const wasEmpty = this.#held.length === 0;
    const hold = (mark: Mark) => (placed: { readonly record: Row }) => {
      if (this.#held.length < this.#heldMax) this.#held.push({ view, mark, row: placed.record });
      else this.#lost++;
    };
    removed.forEach(hold('-'));
    [...changed, ...moved].forEach(hold('~'));
    added.forEach(hold('+'));
    if (wasEmpty && this.#held.length > 0) this.#tell();
  }

  /** The lines of what has come about since the last call; empty when nothing has. */
  take(look: LiveLook): string {
    const held = this.#held;
    const lost = this.#lost;
    this.#held = [];
    this.#lost = 0;
    let text = '';
    const layouts = new Map<View, (news: News) => string>();
    for (const news of held) {
      let line = layouts.get(news.view);
      if (line === undefined) {
        line = lineOf(news.view, held, look);
        layouts.set(news.view, line);
        text += headOf(news.view, look);
      }
      text += `${line(news)}\n`;
    }
    return lost === 0 ? text : `${text}${look.paint(`… and ${lost} more changes, too many to show`, 'quiet')}\n`;
  }
}

const prefixOf = ({ view, mark }: { readonly view: View; readonly mark: string }) => `[${view.number}] ${mark} `;

function columnsFor(view: View): readonly Column[] {
  return columnsOf(view.recent, view.selected);
}

function layOut(view: View, look: LiveLook): TableLayout {
  return layTable(columnsFor(view), view.recent, look.width - prefixOf({ view, mark: ' ' }).length);
}

/** The names of the columns, where no row has been shown that told them. */
function headOf(view: View, look: LiveLook): string {
  if (view.hasHead || look.format !== 'table') return '';
  view.hasHead = true;
  const layout = layOut(view, look);
  if (layout === undefined) return '';
  const indent = ' '.repeat(prefixOf({ view, mark: ' ' }).length);
  return tableHead(layout, look.paint).replace(/^(?=.)/gm, indent);
}

function lineOf(view: View, held: readonly News[], look: LiveLook): (news: News) => string {
  const rows = held.filter((news) => news.view === view).map(({ row }) => row);
  view.recent = [...view.recent, ...rows].slice(-RECENT);
  const columns = columnsFor(view);
  if (look.format === 'json') return ({ mark, row }) => jsonText({ live: view.number, change: mark, row });
  if (look.format === 'csv') return ({ mark, row }) => `${view.number},${mark},${csvLine(columns, row, look.show)}`;
  const layout = layOut(view, look);
  return (news) => {
    const prefix = prefixOf(news);
    const pairs = () => columns.map((column) => `${column.name}=${tableCell(news.row, column)}`).join('  ');
    const rest = layout === undefined ? cutText(pairs(), look.width - prefix.length) : tableLine(layout, news.row);
    return look.paint(prefix, LOOKS[news.mark]) + rest;
  };
}
