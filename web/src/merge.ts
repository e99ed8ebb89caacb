/**
 * Merging of a draft that somebody else changed too. `base` is what the form started from, `mine` what it holds now,
 * `theirs` what the server has.
 */
export interface Conflict<K extends string = string> {
  field: K;
  mine: unknown;
  theirs: unknown;
}

export interface Merge<T> {
  merged: T;
  conflicts: Conflict<Extract<keyof T, string>>[];
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Takes every change that only one side made; a field that both changed differently is a conflict and stays as mine. */
export function merge<T extends object>(base: T, mine: T, theirs: T): Merge<T> {
  const merged = { ...mine };
  const conflicts: Merge<T>["conflicts"] = [];
  for (const field of Object.keys(mine) as Extract<keyof T, string>[]) {
    const iChanged = !same(base[field], mine[field]);
    const theyChanged = !same(base[field], theirs[field]);
    if (!theyChanged || same(mine[field], theirs[field])) continue;
    if (iChanged) conflicts.push({ field, mine: mine[field], theirs: theirs[field] });
    else merged[field] = theirs[field];
  }
  return { merged, conflicts };
}
