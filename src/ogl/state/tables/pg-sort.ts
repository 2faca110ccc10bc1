type Compare<T> = (a: T, b: T) => number;

/** Number of rows from which PostgreSQL takes the median of three, and of nine, as its pivot. */
const MEDIAN_OF_THREE = 7;
const MEDIAN_OF_NINE = 40;

/**
 * Sorts as PostgreSQL does, so that rows with equal values come in the same order as there: a bounded heap if there are more than
 * twice as many rows as are wanted, else Bentley and McIlroy's quicksort with a test for input that is sorted already.
 *
 * @param rows in the order in which the table gives them
 * @param bound number of rows wanted, those that are skipped included
 */
export function pgSort<T>(rows: readonly T[], compare: Compare<T>, bound: number): T[] {
  if (rows.length > bound * 2) return boundedHeapSort(rows, compare, bound);
  const sorted = [...rows];
  quicksort(sorted, 0, sorted.length, compare);
  return sorted;
}

function quicksort<T>(list: T[], start: number, count: number, compare: Compare<T>): void {
  let from = start;
  let n = count;
  for (;;) {
    const at = (i: number): T => list[from + i] as T;
    if (n < MEDIAN_OF_THREE) {
      insertionSort(list, from, n, compare);
      return;
    }
    if (isSorted(list, from, n, compare)) return;
    swap(list, from, pivotOf(list, from, n, compare));
    let a = 1;
    let b = 1;
    let c = n - 1;
    let d = n - 1;
    for (;;) {
      for (; b <= c; b++) {
        const order = compare(at(b), at(0));
        if (order > 0) break;
        if (order === 0) swap(list, from + a++, from + b);
      }
      for (; b <= c; c--) {
        const order = compare(at(c), at(0));
        if (order < 0) break;
        if (order === 0) swap(list, from + c, from + d--);
      }
      if (b > c) break;
      swap(list, from + b++, from + c--);
    }
    swapRuns(list, from, from + b - Math.min(a, b - a), Math.min(a, b - a));
    const equals = Math.min(d - c, n - d - 1);
    swapRuns(list, from + b, from + n - equals, equals);
    const left = b - a;
    const right = d - c;
    if (left <= right) {
      if (left > 1) quicksort(list, from, left, compare);
      if (right <= 1) return;
      from += n - right;
      n = right;
    } else {
      if (right > 1) quicksort(list, from + n - right, right, compare);
      if (left <= 1) return;
      n = left;
    }
  }
}

function insertionSort<T>(list: T[], from: number, n: number, compare: Compare<T>): void {
  for (let m = from + 1; m < from + n; m++)
    for (let l = m; l > from && compare(list[l - 1] as T, list[l] as T) > 0; l--) swap(list, l, l - 1);
}

function isSorted<T>(list: readonly T[], from: number, n: number, compare: Compare<T>): boolean {
  for (let m = from + 1; m < from + n; m++) if (compare(list[m - 1] as T, list[m] as T) > 0) return false;
  return true;
}

function pivotOf<T>(list: readonly T[], from: number, n: number, compare: Compare<T>): number {
  let middle = from + Math.floor(n / 2);
  if (n === MEDIAN_OF_THREE) return middle;
  let low = from;
  let high = from + n - 1;
  if (n > MEDIAN_OF_NINE) {
    const step = Math.floor(n / 8);
    low = median(list, low, low + step, low + 2 * step, compare);
    middle = median(list, middle - step, middle, middle + step, compare);
    high = median(list, high - 2 * step, high - step, high, compare);
  }
  return median(list, low, middle, high, compare);
}

function median<T>(list: readonly T[], a: number, b: number, c: number, compare: Compare<T>): number {
  const less = (x: number, y: number): boolean => compare(list[x] as T, list[y] as T) < 0;
  const more = (x: number, y: number): boolean => compare(list[x] as T, list[y] as T) > 0;
  if (less(a, b)) return less(b, c) ? b : less(a, c) ? c : a;
  return more(b, c) ? b : less(a, c) ? a : c;
}

/** Keeps the first rows in a heap whose top is the last of them. A row that equals the top is left out. */
function boundedHeapSort<T>(rows: readonly T[], compare: Compare<T>, bound: number): T[] {
  const reversed: Compare<T> = (a, b) => compare(b, a);
  const heap: T[] = [];
  for (const row of rows) {
    if (heap.length < bound) insertIntoHeap(heap, row, reversed);
    else if (reversed(row, heap[0] as T) > 0) replaceTop(heap, heap.length, row, reversed);
  }
  for (let size = heap.length; size > 1; size--) {
    const top = heap[0] as T;
    replaceTop(heap, size - 1, heap[size - 1] as T, reversed);
    heap[size - 1] = top;
  }
  return heap;
}

function insertIntoHeap<T>(heap: T[], row: T, compare: Compare<T>): void {
  let at = heap.length;
  heap.push(row);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (compare(row, heap[parent] as T) >= 0) break;
    heap[at] = heap[parent] as T;
    at = parent;
  }
  heap[at] = row;
}

/** Puts a row in place of the top of a heap's first `size` rows. */
function replaceTop<T>(heap: T[], size: number, row: T, compare: Compare<T>): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && compare(heap[child] as T, heap[child + 1] as T) > 0) child++;
    if (compare(row, heap[child] as T) <= 0) break;
    heap[at] = heap[child] as T;
    at = child;
  }
  heap[at] = row;
}

function swap<T>(list: T[], a: number, b: number): void {
  const held = list[a] as T;
  list[a] = list[b] as T;
  list[b] = held;
}

function swapRuns<T>(list: T[], a: number, b: number, n: number): void {
  for (let i = 0; i < n; i++) swap(list, a + i, b + i);
}
