import { InputError } from "../../lib/core/errors.ts";
import { plainText, type Output, type Piece } from "../io.ts";
import { toneOf } from "./tone.ts";
import { layoutOf, type Cell, type Layout } from "./table-layout.ts";

export const FORMATS = ["table", "json", "ndjson"] as const;

export type Format = (typeof FORMATS)[number];

/** The format asked for; else a table on a terminal, and what scripts read in a pipe. */
export function chooseFormat(asked: string | undefined, output: Output, inPipe: "json" | "ndjson"): Format {
  if (asked === undefined) return output.terminal ? "table" : inPipe;
  const format = FORMATS.find((one) => one === asked);
  if (format === undefined) throw new InputError(`--format ${asked}: choose one of ${FORMATS.join(", ")}`);
  return format;
}

/** One column of a table: its heading and what it shows of a row. */
export type Column<Row> = readonly [heading: string, cell: (row: Row) => string, kind?: ColumnKind];

/**
 * `number`: stands to the right. `state`: words such as `failed`, which have a colour. `id`: left whole, to be copied.
 * `advice`: words of ours, which are never cut off.
 */
type ColumnKind = "number" | "state" | "id" | "advice";

/** Prints rows one after the other, as they come. */
export interface RowWriter<Row> {
  write(row: Row): Promise<void>;
  end(): Promise<void>;
}

/** Rows whose widths decide the columns; later rows may be wider and then stand out. */
const ROWS_TO_MEASURE = 500;
/** Text handed on at once: a write for each row costs more than the row. */
const BYTES_AT_ONCE = 64 * 1024;

interface Buffered {
  add(...more: readonly Piece[]): Promise<void>;
  flush(): Promise<void>;
}

function buffered(output: Output): Buffered {
  let pieces: Piece[] = [];
  let text = "";
  let length = 0;
  const flush = async (): Promise<void> => {
    if (length === 0) return;
    const all = [...pieces, text];
    pieces = [];
    text = "";
    length = 0;
    await output.print(all);
  };
  return {
    flush,
    async add(...more) {
      for (const piece of more) {
        const plain = typeof piece === "string" ? piece : piece.text;
        length += plain.length;
        if (typeof piece === "string" || piece.style === undefined || !output.colours) {
          text += plain;
        } else {
          pieces.push(text, piece);
          text = "";
        }
      }
      if (length >= BYTES_AT_ONCE) await flush();
    },
  };
}

function tableRows<Row>(output: Output, columns: readonly Column<Row>[]): RowWriter<Row> {
  const out = buffered(output);
  let layout: Layout | undefined;
  let waiting: Cell[][] = [];
  const writeWaiting = async (): Promise<void> => {
    const all = waiting;
    waiting = [];
    if (layout === undefined) {
      const headings = columns.map(([text, , kind]) => ({
        text,
        right: kind === "number",
        whole: kind === "id",
        uncut: kind === "advice",
      }));
      layout = layoutOf(headings, all, output.columns);
      await out.add(...layout.heading);
    }
    for (const cells of all) await out.add(...layout.row(cells));
  };
  return {
    async write(row) {
      waiting.push(
        columns.map(([, cell, kind]) => {
          const text = plainText(cell(row));
          return { text, style: kind === "state" ? toneOf(text) : undefined };
        }),
      );
      if (layout !== undefined || waiting.length >= ROWS_TO_MEASURE) await writeWaiting();
    },
    async end() {
      if (waiting.length > 0) await writeWaiting();
      await out.flush();
    },
  };
}

function ndjsonRows<Row>(output: Output, toLine: (row: Row) => string): RowWriter<Row> {
  const out = buffered(output);
  return { write: (row) => out.add(`${toLine(row)}\n`), end: () => out.flush() };
}

function jsonRows<Row>(output: Output, toLine: (row: Row) => string): RowWriter<Row> {
  const out = buffered(output);
  let separator = "[\n";
  return {
    async write(row) {
      await out.add(`${separator}${toLine(row)}`);
      separator = ",\n";
    },
    async end() {
      await out.add(separator === "[\n" ? "[]\n" : "\n]\n");
      await out.flush();
    },
  };
}

/** Rows as a table, as one JSON array, or as one JSON object a line; `toLine` gives the JSON of a row, without a line feed. */
export function rowWriter<Row>(
  output: Output,
  format: Format,
  shape: { readonly columns: readonly Column<Row>[]; readonly toLine: (row: Row) => string },
): RowWriter<Row> {
  if (format === "table") return tableRows(output, shape.columns);
  return format === "json" ? jsonRows(output, shape.toLine) : ndjsonRows(output, shape.toLine);
}

/** A whole table at once. */
export async function writeTable<Row>(
  output: Output,
  columns: readonly Column<Row>[],
  rows: Iterable<Row>,
): Promise<void> {
  const writer = tableRows(output, columns);
  for (const row of rows) await writer.write(row);
  await writer.end();
}

/** One JSON object on one line: `json` and `ndjson` of a command whose result is one object. */
export async function writeJson(output: Output, value: unknown): Promise<void> {
  await output.write(`${JSON.stringify(value)}\n`);
}
