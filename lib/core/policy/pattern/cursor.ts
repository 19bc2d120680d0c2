/** A place in a text that moves on. */
export interface Cursor {
  /** The character `ahead` units on; empty at the end. */
  peek(ahead?: number): string;
  /** The next whole character (code point); moves behind it. */
  next(): string;
  /** Moves behind this text where it comes next. */
  take(text: string): boolean;
  /** Moves behind what a sticky expression matches here. */
  match(sticky: RegExp): RegExpExecArray | undefined;
  done(): boolean;
  /** Where it is, in UTF-16 units. */
  place(): number;
}

export function cursorOf(text: string): Cursor {
  let at = 0;
  return {
    peek: (ahead = 0) => text.charAt(at + ahead),
    next() {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      at += character.length;
      return character;
    },
    take(wanted) {
      if (!text.startsWith(wanted, at)) return false;
      at += wanted.length;
      return true;
    },
    match(sticky) {
      sticky.lastIndex = at;
      const matched = sticky.exec(text);
      if (matched === null) return undefined;
      at += matched[0].length;
      return matched;
    },
    done: () => at >= text.length,
    place: () => at,
  };
}
