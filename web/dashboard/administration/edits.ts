// What one person writes over what another may have saved meanwhile.

/** What a field is to be, and what was stored when its writing began. */
export interface Edit<V> {
  value: V;
  over: V;
}

export interface Applied<V> {
  value: V;
  /** Somebody else has changed the same to something else. */
  clashes: boolean;
}

/** An edit on what is stored now: of an object only the parts that the edit changes. */
export function applied<V>(stored: V, { value, over }: Edit<V>): Applied<V> {
  if (!hasParts(stored) || !hasParts(value) || !hasParts(over)) return whole(stored, value, over);
  const parts = Object.keys(value).map((name) => ({
    name,
    ...whole(partOf(stored, name), value[name], partOf(over, name)),
  }));
  return {
    value: { ...stored, ...Object.fromEntries(parts.map((part) => [part.name, part.value])) } as V,
    clashes: parts.some((part) => part.clashes),
  };
}

function whole<V>(stored: V, value: V, over: V): Applied<V> {
  if (same(value, over)) return { value: stored, clashes: false };
  return { value, clashes: !same(stored, over) && !same(stored, value) };
}

/** Names such as `valueOf` are on every object, but no part of it. */
function partOf(whole: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(whole, name) ? whole[name] : undefined;
}

function hasParts(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
