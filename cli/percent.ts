/** A share from 0 to 1 as people read it; null where nothing was judged. */
export function percent(share: number | null): string {
  return share === null ? "-" : `${(share * 100).toFixed(1)} %`;
}
