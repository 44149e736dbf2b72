/** Owns: the comments of a page while it is formatted: each is taken once, in order, by the first that has a place for it. */

import { concat, type Document, hardBreak, line, suffix } from "./document.ts";
import type { Comment } from "./scan.ts";

export class CommentCursor {
  readonly #comments: readonly Comment[];
  #next = 0;

  constructor(comments: readonly Comment[]) {
    this.#comments = comments;
  }

  /** The comments not yet taken that stand before an offset. */
  takeBefore(offset: number): readonly Comment[] {
    const first = this.#next;
    while ((this.#comments[this.#next]?.start ?? Number.POSITIVE_INFINITY) < offset) this.#next++;
    return this.#comments.slice(first, this.#next);
  }

  /** Those of them that stand behind something on its line: they come first. */
  takeTrailingBefore(offset: number): readonly Comment[] {
    const first = this.#next;
    for (let comment = this.#comments[first]; comment !== undefined; comment = this.#comments[this.#next]) {
      if (comment.ownLine || comment.start >= offset) break;
      this.#next++;
    }
    return this.#comments.slice(first, this.#next);
  }

  /**
   * A place where a line may break, before what stands at `offset`: comments behind the last thing stay behind it, the
   * others take lines of their own.
   */
  lineBefore(offset: number, flat = " "): Document {
    const trailing = this.takeTrailingBefore(offset).map((comment) => suffix(comment.text));
    const own = this.takeBefore(offset).flatMap((comment) => [comment.text, hardBreak]);
    return concat(...trailing, line(flat), ...own);
  }

  /** The comments directly behind what ends at `end`, before any other token: to the end of the line. */
  suffixesBehind(end: number): Document {
    const first = this.#next;
    while ((this.#comments[this.#next]?.behind ?? Number.POSITIVE_INFINITY) <= end) this.#next++;
    return concat(...this.#comments.slice(first, this.#next).map((comment) => suffix(comment.text)));
  }

  /** What has found no better place before `offset`: to the end of the line. */
  suffixesBefore(offset: number): Document {
    return concat(...this.takeBefore(offset).map((comment) => suffix(comment.text)));
  }
}
