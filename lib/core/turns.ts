/** Runs work one at a time, in the order in which it was given. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Work that fails takes nothing from the next one's turn. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
