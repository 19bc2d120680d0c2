/** What is to happen at a time. Of two events of one time, the one with the smaller `tie` comes first. */
export interface SimEvent {
  readonly at: number;
  readonly tie: number;
  readonly run: () => void;
}

/** The events to come, the next one first. */
export interface EventHeap {
  push(event: SimEvent): void;
  pop(): SimEvent | undefined;
}

const isBefore = (a: SimEvent, b: SimEvent): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie);

export function createEventHeap(): EventHeap {
  const heap: SimEvent[] = [];

  function siftUp(event: SimEvent): void {
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
  }

  function siftDown(event: SimEvent): void {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      let below = heap[child];
      const right = heap[child + 1];
      if (below !== undefined && right !== undefined && isBefore(right, below)) {
        child += 1;
        below = right;
      }
      if (below === undefined || !isBefore(below, event)) break;
      heap[index] = below;
      index = child;
    }
    heap[index] = event;
  }

  return {
    push: siftUp,
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first === undefined || last === undefined || first === last) return first;
      siftDown(last);
      return first;
    },
  };
}
