import { html, NOTHING, type Html } from "./text.ts";

/** One figure with its name, and what else it takes to read it. */
export interface Tile {
  readonly name: string;
  readonly figure: string;
  readonly note?: string;
}

/** Figures side by side. */
export function htmlTiles(tiles: readonly Tile[]): Html {
  return html`<dl class="tiles">
    ${tiles.map(
      ({ name, figure, note }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${figure}</dd>
          ${note === undefined ? NOTHING : html`<dd class="note">${note}</dd>`}
        </div>`,
    )}
  </dl>`;
}
