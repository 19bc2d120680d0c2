/** A rule of DESIGN that was broken. */
export interface Violation {
  readonly rule: string;
  readonly at: number;
  readonly text: string;
}
