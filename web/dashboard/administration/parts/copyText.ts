/** Put a text on the clipboard; says whether that worked. Pages without TLS have only the older way. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the older way may be.
    }
  }
  const place = document.createElement("textarea");
  place.value = text;
  place.readOnly = true;
  place.className = "unseen";
  // Inside an open dialog, or its trap for the focus would take it back.
  (document.activeElement?.parentElement ?? document.body).append(place);
  const before = document.activeElement as HTMLElement | null;
  place.select();
  const copied = document.execCommand("copy");
  place.remove();
  before?.focus();
  return copied;
}
