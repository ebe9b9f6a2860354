// What this browser keeps of the inbox; where nothing can be kept, it is kept until the page is closed.

const fallback = new Map<string, string>();

export function keep(key: string, value: unknown): void {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(key, text);
    fallback.delete(key);
  } catch {
    fallback.set(key, text);
  }
}

export function forget(key: string): void {
  fallback.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there either.
  }
}

/** What was kept under a key; `otherwise` if there is nothing, or nothing that can be read. */
export function kept<T>(key: string, otherwise: T): T {
  const text = keptText(key);
  if (text === null) return otherwise;
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}

/** The same as it is kept, unread. */
export function keptText(key: string): string | null {
  return fallback.get(key) ?? stored(key);
}

export function keptKeys(prefix: string): string[] {
  const keys = new Set(fallback.keys());
  try {
    for (const key of Object.keys(localStorage)) keys.add(key);
  } catch {
    // Only what this page itself keeps.
  }
  return [...keys].filter((key) => key.startsWith(prefix));
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
