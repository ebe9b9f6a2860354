// Reads server-sent events from a fetch body, whatever way the bytes are cut.

/** Collects text and gives back the data of each finished event. */
export class EventStreamParser {
  private text = "";
  private data: string[] = [];

  feed(piece: string): string[] {
    this.text += piece;
    const lines = this.text.split("\n");
    this.text = lines.pop() ?? "";
    const finished: string[] = [];
    for (const raw of lines) {
      const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
      if (line.startsWith("data:")) this.data.push(line.slice(line[5] === " " ? 6 : 5));
      else if (line === "" && this.data.length > 0) {
        finished.push(this.data.join("\n"));
        this.data = [];
      }
    }
    return finished;
  }
}

/** Yields the parsed data of each event of a response until it ends; `onBytes` hears of pings too. */
export async function* eventsOf<E>(response: Response, onBytes?: () => void): AsyncGenerator<E> {
  if (!response.body) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventStreamParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes?.();
      for (const data of parser.feed(decoder.decode(value, { stream: true }))) yield JSON.parse(data) as E;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
