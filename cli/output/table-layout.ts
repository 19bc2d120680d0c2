import type { Piece, Style } from "../io.ts";
import { padded, widthOf, wrapped } from "./text-cell.ts";

export interface Cell {
  readonly text: string;
  readonly style?: Style | undefined;
}

export interface Heading {
  readonly text: string;
  /** Numbers stand below each other by their last digit. */
  readonly right: boolean;
  /** Somebody may want to copy it: it is wrapped only where it is long by itself. */
  readonly whole: boolean;
  /** All of it is shown, however many lines that takes. */
  readonly uncut?: boolean | undefined;
}

/** How the rows of one table are drawn. */
export interface Layout {
  readonly heading: readonly Piece[];
  /** The next row, with the line feeds that belong to it. */
  row(cells: readonly Cell[]): readonly Piece[];
}

const GAP = 2;
/** A column that has to be narrower holds too little of a name to be read. */
const NARROWEST = 14;
/** What is to be copied is left whole up to this width: an id of 36 characters is. */
const LONGEST_WHOLE = 40;
/** No column is made wider than this for the sake of one long name, where lines have no end. */
const WIDEST = 400;
/** A name of many kilobytes doesn't push everything else off the screen. */
const MOST_LINES = 8;

/** The layout for some rows, those that decide it, in lines of at most `columns`; as long as they like where undefined. */
export function layoutOf(
  headings: readonly Heading[],
  rows: readonly (readonly Cell[])[],
  columns: number | undefined,
): Layout {
  const widths = headings.map(({ text }, index) =>
    rows.reduce((width, cells) => Math.max(width, widthOf(cells[index]?.text ?? "")), widthOf(text)),
  );
  const all = headings.map((_, index) => index);
  if (columns === undefined) {
    const most = widths.map((width) => Math.min(width, WIDEST));
    return linesOf(headings, all, { widths: most, isWrapped: false });
  }
  if (sumOf(widths) <= columns) return linesOf(headings, all, { widths, isWrapped: true });
  // What is empty everywhere is the first to go.
  const shown = all.filter((index) => rows.some((cells) => (cells[index]?.text ?? "") !== ""));
  const fitting = fitted(
    shown.map((index) => ({ width: widths[index] ?? 0, isWhole: headings[index]?.whole === true })),
    columns,
  );
  if (fitting === undefined) return blocksOf(headings, columns);
  const byIndex = new Map(shown.map((index, place) => [index, fitting[place] ?? 0]));
  return linesOf(headings, shown, { widths: all.map((index) => byIndex.get(index) ?? 0), isWrapped: true });
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * (widths.length - 1);
}

interface Wanted {
  readonly width: number;
  readonly isWhole: boolean;
}

/** The widths, the widest ones made as much narrower as is needed; undefined where they would be too narrow. */
function fitted(wanted: readonly Wanted[], columns: number): readonly number[] | undefined {
  const stays = ({ width, isWhole }: Wanted): boolean => isWhole && width <= LONGEST_WHOLE;
  const kept = wanted.filter(stays).reduce((sum, { width }) => sum + width, 0);
  const others = wanted.filter((one) => !stays(one)).toSorted((one, other) => one.width - other.width);
  let left = columns - GAP * (wanted.length - 1) - kept;
  let open = others.length;
  let share = 0;
  for (const { width } of others) {
    share = Math.floor(left / open);
    if (width > share) break;
    left -= width;
    open -= 1;
  }
  if (open > 0 && share < NARROWEST) return undefined;
  if (open === 0 && left < 0) return undefined;
  return wanted.map((one) => (stays(one) || open === 0 ? one.width : Math.min(one.width, share)));
}

function mostLines(heading: Pick<Heading, "uncut"> | undefined): number {
  return heading?.uncut === true ? Infinity : MOST_LINES;
}

/** One line for a row, or several where its cells are wrapped. */
function linesOf(
  headings: readonly Heading[],
  shown: readonly number[],
  { widths, isWrapped }: { readonly widths: readonly number[]; readonly isWrapped: boolean },
): Layout {
  const row = (cells: readonly Cell[]): readonly Piece[] => {
    const texts = shown.map((index) => {
      const { text = "" } = cells[index] ?? {};
      return isWrapped ? wrapped(text, widths[index] ?? 0, mostLines(headings[index])) : [text];
    });
    const height = Math.max(...texts.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) => line).flatMap((line): Piece[] => {
      const last = texts.findLastIndex((some) => (some[line] ?? "") !== "");
      const pieces = texts.slice(0, last + 1).flatMap((some, place): Piece[] => {
        const index = shown[place] ?? 0;
        const text = some[line] ?? "";
        const isRight = headings[index]?.right === true;
        const space = padded("", (widths[index] ?? 0) - widthOf(text));
        const end = place === last ? "" : `${isRight ? "" : space}${" ".repeat(GAP)}`;
        return [
          isRight ? space : "",
          { text: place === last ? text.trimEnd() : text, style: cells[index]?.style },
          end,
        ];
      });
      return [...pieces, "\n"];
    });
  };
  return { heading: row(headings.map(({ text }) => ({ text, style: "bold" }))), row };
}

/** Too narrow for columns: a block for each row, a line for each of its cells that says something. */
function blocksOf(headings: readonly Heading[], columns: number): Layout {
  const widest = Math.max(...headings.map(({ text }) => widthOf(text)));
  const left = columns - widest - GAP;
  let isFirst = true;
  return {
    heading: [],
    row(cells) {
      const pieces = headings.flatMap(({ text: heading, uncut }, index): Piece[] => {
        const { text = "", style } = cells[index] ?? {};
        if (text === "") return [];
        const isBeside = left >= NARROWEST;
        const [first = "", ...more] = wrapped(text, isBeside ? left : columns - GAP, mostLines({ uncut }));
        const indent = " ".repeat(isBeside ? widest + GAP : GAP);
        return [
          { text: heading, style: "bold" },
          isBeside ? padded("", indent.length - widthOf(heading)) : `\n${indent}`,
          { text: first, style },
          "\n",
          ...more.flatMap((line): Piece[] => [indent, { text: line, style }, "\n"]),
        ];
      });
      const above = isFirst ? "" : "\n";
      isFirst = false;
      return [above, ...pieces];
    },
  };
}
