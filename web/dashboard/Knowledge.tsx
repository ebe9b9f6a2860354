import { useCallback, useEffect, useState } from "preact/hooks";
import { Refused } from "../protocol/refused";
import { api, type DocumentRow, NotSignedIn, type PassageRow } from "./api";

const LOOK_EVERY = 2_000;
const STATES = { embedded: "Ready", pending: "Being read", failed: "Failed" };

export function Knowledge({ onSignedOut }: { onSignedOut: () => void }) {
  const [documents, setDocuments] = useState<DocumentRow[] | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);

  const reload = useCallback(async () => {
    try {
      setDocuments(await api.documents());
    } catch (error) {
      if (error instanceof NotSignedIn) onSignedOut();
      else setTold("The desk does not answer.");
    }
  }, [onSignedOut]);
  useEffect(() => void reload(), [reload]);
  const reading = documents?.some((document) => document.state === "pending") ?? false;
  useEffect(() => {
    if (!reading) return;
    const timer = setInterval(reload, LOOK_EVERY);
    return () => clearInterval(timer);
  }, [reading, reload]);

  const upload = async (files: Iterable<File>) => {
    setBusy(true);
    setTold(null);
    const refused: string[] = [];
    for (const file of files) {
      try {
        await api.upload(file);
      } catch (error) {
        refused.push(
          `${file.name}: ${error instanceof Refused ? error.message : "the desk does not answer"}`,
        );
      }
    }
    setTold(refused.join("\n") || null);
    setBusy(false);
    await reload();
  };

  const remove = async (document: DocumentRow) => {
    if (!window.confirm(`Delete “${document.originalName}”? The assistant will not answer from it any more.`))
      return;
    await api.remove(document.id).catch(() => setTold("It could not be deleted."));
    await reload();
  };

  return (
    <main
      class={over ? "knowledge over" : "knowledge"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void upload(event.dataTransfer?.files ?? []);
      }}
    >
      <h1>Knowledge</h1>
      <Search onSignedOut={onSignedOut} />
      <h2>Documents</h2>
      <p>
        <label class="upload">
          {busy ? "Reading …" : "Add documents"}
          <input
            type="file"
            multiple
            disabled={busy}
            accept=".pdf,.docx,.html,.htm,.md,.txt,.json,.csv,.xlsx"
            onChange={(event) => void upload(event.currentTarget.files ?? [])}
          />
        </label>{" "}
        or drop them here.
      </p>
      {told && (
        <pre class="fault" role="alert">
          {told}
        </pre>
      )}
      {documents?.length === 0 && (
        <p class="empty">Nothing yet. The assistant answers only from what you add.</p>
      )}
      {documents && documents.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <div class="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>Document</th>
                <th>Kind</th>
                <th>Passages</th>
                <th>State</th>
                <th>
                  <span class="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {documents.map((document) => (
                <tr key={document.id}>
                  <td>{document.originalName}</td>
                  <td>{document.fileType}</td>
                  <td>{document.chunkCount}</td>
                  <td>
                    <span class={`chip ${document.state}`}>{STATES[document.state]}</span>
                    {document.stateReason && <small>{document.stateReason}</small>}
                  </td>
                  <td>
                    <button
                      type="button"
                      aria-label={`Delete ${document.originalName}`}
                      onClick={() => remove(document)}
                    >
                      Delete
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

/** What the assistant would find: the passages for a question, best first. */
function Search({ onSignedOut }: { onSignedOut: () => void }) {
  const [question, setQuestion] = useState("");
  const [passages, setPassages] = useState<PassageRow[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);

  const search = async (event: Event) => {
    event.preventDefault();
    if (!question.trim()) return setPassages(null);
    setFault(null);
    try {
      setPassages((await api.search(question.trim())).passages);
    } catch (error) {
      if (error instanceof NotSignedIn) onSignedOut();
      else setFault(error instanceof Refused ? error.message : "The desk does not answer.");
    }
  };

  return (
    <search>
      <form class="search" onSubmit={search}>
        <input
          type="search"
          aria-label="Try a question"
          placeholder="Try a question: what would the assistant find?"
          maxLength={500}
          value={question}
          onInput={(event) => setQuestion(event.currentTarget.value)}
        />
        <button type="submit">Search</button>
      </form>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {passages?.length === 0 && <p class="empty">Nothing found.</p>}
      {passages && passages.length > 0 && (
        <ol class="passages" aria-label="Passages, best first">
          {passages.map((passage) => (
            <li key={`${passage.documentId} ${passage.text}`}>
              <strong>{passage.document}</strong> <span class="section">{passage.section}</span>
              <span class="score">{Math.round(passage.score * 100)} %</span>
              <p>{passage.text}</p>
            </li>
          ))}
        </ol>
      )}
    </search>
  );
}
